import { fieldErrorMessage } from '../field-errors.ts';
import { isMap, type JsonMap } from '../json-value.ts';
import { type AnyObject, apiVersionOf, type GroupVersionKind, parseApiVersion } from '../object.ts';
import type { Schema } from '../schema.ts';
import { badRequest } from '../status-errors.ts';
import { coerceResources } from '../structural/embedded.ts';
import { pruneStructural } from '../structural/prune.ts';
import { type BodyFormat, cannotBeHandled, type DecodedObject, parseBody } from './body.ts';
import type { Decoder } from './decoder.ts';
import { jsonKind } from './go-types.ts';

export interface CustomDecodeOptions {
  expected: GroupVersionKind;
  /** Structural schema of the version. */
  schema: Schema;
  /** Of meta/v1 ObjectMeta. */
  metadata: Decoder;
}

/** A value of a custom resource: metadata typed, what the schema does not specify pruned. Defaults come later. @throws StatusError 400 */
export function decodeCustomValue(value: unknown, { expected, schema, metadata }: CustomDecodeOptions): DecodedObject {
  if (!isMap(value))
    throw badRequest(
      `the object provided is unrecognized (must be of type ${expected.kind}): json: cannot unmarshal ${jsonKind(value)} into Go value of type map[string]interface {}`,
    );
  const wanted = apiVersionOf(expected.group, expected.version);
  const apiVersion = (value.apiVersion as string) || wanted;
  const kind = (value.kind as string) || expected.kind;
  if (typeof apiVersion === 'string' && apiVersion !== wanted)
    throw badRequest(`the API version in the data (${apiVersion}) does not match the expected API version (${wanted})`);
  const object = { ...value, apiVersion, kind } as JsonMap;
  const unknown: string[] = [];
  const removed = pruneStructural(object, schema);
  const errors = coerceResources(object, schema, { metadata, unknown });
  const gvk = { ...parseApiVersion(wanted), kind: String(kind) };
  if (errors.length > 0) throw cannotBeHandled(gvk, expected.kind, errors.map(fieldErrorMessage).join(', '));
  object.metadata ??= {};
  const problems = [...removed, ...unknown].sort().map((field) => `unknown field ${JSON.stringify(field)}`);
  return { object: object as AnyObject, gvk, problems };
}

/** Body text → custom resource. @throws StatusError 400 */
export function decodeCustomBody(text: string, format: BodyFormat, options: CustomDecodeOptions): DecodedObject {
  const { value, problems } = parseBody(text, format, options.expected.kind);
  const decoded = decodeCustomValue(value, options);
  return problems.length > 0 ? { ...decoded, problems: [...problems, ...decoded.problems] } : decoded;
}
