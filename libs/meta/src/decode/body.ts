import { type AnyObject, apiVersionOf, type GroupVersionKind, parseApiVersion } from '../object.ts';
import type { StatusError } from '../status.ts';
import { badRequest } from '../status-errors.ts';
import { DecodeError, type Decoder } from './decoder.ts';
import { jsonKind } from './go-types.ts';
import { JsonSyntaxError, type ParsedText, parseJson } from './json.ts';
import { parseYaml, YamlSyntaxError } from './yaml.ts';

export type BodyFormat = 'json' | 'yaml';

export interface DecodedObject<T = AnyObject> {
  object: T;
  gvk: GroupVersionKind;
  /** `unknown field "x"`, `duplicate field "y"`…: warnings, or with fieldValidation=Strict {@link strictDecodingError}. */
  problems: string[];
}

const TYPE_META = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

/** runtime's summarizeData: what error texts show of a body that could not be read. */
function summary(text: string): string {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length === 0) return '<empty>';
  const shown = text[0] === '{' ? bytes.subarray(0, 30).toString('utf8') : bytes.subarray(0, 30).toString('hex');
  return bytes.length > 30 ? `${shown} ...` : shown;
}

/** The body names no kind that can be told. */
const unrecognized = (text: string, kind: string, message: string): StatusError =>
  badRequest(`the object provided is unrecognized (must be of type ${kind}): ${message} (${summary(text)})`);

/** The body names a kind, but is not one. */
export const cannotBeHandled = (given: GroupVersionKind, kind: string, message: string): StatusError =>
  badRequest(`${given.kind} in version ${JSON.stringify(given.version)} cannot be handled as a ${kind}: ${message}`);

export const strictDecodingError = (given: GroupVersionKind, kind: string, problems: readonly string[]): StatusError =>
  cannotBeHandled(given, kind, `strict decoding error: ${problems.join(', ')}`);

const notRegistered = (given: GroupVersionKind, kind: string): StatusError => {
  const version = apiVersionOf(given.group, given.version);
  const what = `no kind ${JSON.stringify(given.kind)} is registered for version ${JSON.stringify(version)}`;
  return cannotBeHandled(given, kind, `${what} in scheme "pkg/api/legacyscheme/scheme.go:30"`);
};

/** `v1.ConfigMap` → `core.Namespace`: Go names packages after versions and groups. */
const notConvertible = (given: GroupVersionKind, expected: GroupVersionKind): StatusError =>
  cannotBeHandled(
    given,
    expected.kind,
    `converting (${given.version}.${given.kind}) to (${(expected.group || 'core').split('.', 1)[0]}.${expected.kind}): unknown conversion`,
  );

/** apiVersion and kind of a parsed body; what is missing is taken from `expected`. @throws StatusError 400 */
function typeOf(value: unknown, text: () => string, expected: GroupVersionKind): GroupVersionKind {
  const fail = (what: string): never => {
    throw unrecognized(text(), expected.kind, `couldn't get version/kind; json parse error: json: cannot unmarshal ${what}`);
  };
  if (value === null || value === undefined) return expected;
  if (typeof value !== 'object' || Array.isArray(value)) fail(`${jsonKind(value)} into Go value of type ${TYPE_META}`);
  const { apiVersion, kind } = value as { apiVersion?: unknown; kind?: unknown };
  if (apiVersion !== undefined && apiVersion !== null && typeof apiVersion !== 'string') {
    fail(`${jsonKind(apiVersion)} into Go struct field .apiVersion of type string`);
  }
  if (kind !== undefined && kind !== null && typeof kind !== 'string')
    fail(`${jsonKind(kind)} into Go struct field .kind of type string`);
  if (apiVersion && (apiVersion as string).split('/').length > 2) {
    throw unrecognized(text(), expected.kind, `unexpected GroupVersion string: ${apiVersion}`);
  }
  const { group, version } = apiVersion ? parseApiVersion(apiVersion as string) : expected;
  return { group, version, kind: (kind as string) || expected.kind };
}

/** Text of a body → JSON value and what strict validation objects to in the text itself. @throws StatusError 400 */
export function parseBody(text: string, format: BodyFormat, kind: string): ParsedText {
  try {
    return format === 'yaml' ? parseYaml(text) : parseJson(text);
  } catch (error) {
    if (error instanceof JsonSyntaxError) {
      throw unrecognized(text, kind, `couldn't get version/kind; json parse error: ${error.message}`);
    }
    if (error instanceof YamlSyntaxError) throw unrecognized(text, kind, error.message);
    throw error;
  }
}

export interface DecodeOptions {
  /** The kind that the endpoint takes: also the default for a missing apiVersion or kind. */
  expected: GroupVersionKind;
  decoder: Decoder;
  /** Further types that may stand in the body (e.g. DeleteOptions of any group). Default: only `expected`. */
  accepts?: (given: GroupVersionKind) => boolean;
  /** Whether the server knows the kind at all: decides how a body of another kind is refused. */
  registered?: (given: GroupVersionKind) => boolean;
}

/** A parsed value → typed object with kind, apiVersion and metadata first. @throws StatusError 400 */
export function decodeValue(
  value: unknown,
  given: GroupVersionKind,
  { expected, decoder, accepts, registered }: DecodeOptions,
): DecodedObject {
  const same = given.kind === expected.kind && given.version === expected.version && given.group === expected.group;
  if (!same && !accepts?.(given))
    throw registered?.(given) ? notConvertible(given, expected) : notRegistered(given, expected.kind);
  const context = { unknown: [] as string[] };
  try {
    const decoded = decoder(value, context);
    const { kind: _kind, apiVersion: _apiVersion, metadata, ...rest } = decoded;
    const object = {
      kind: given.kind,
      apiVersion: apiVersionOf(given.group, given.version),
      ...(metadata === undefined ? {} : { metadata }),
      ...rest,
    } as AnyObject;
    return { object, gvk: given, problems: context.unknown.map((field) => `unknown field ${JSON.stringify(field)}`) };
  } catch (error) {
    if (error instanceof DecodeError) throw cannotBeHandled(given, expected.kind, error.message);
    throw error;
  }
}

/** Body text → typed object of a built-in kind. @throws StatusError 400 with Kubernetes' text */
export function decodeBody(text: string, format: BodyFormat, options: DecodeOptions): DecodedObject {
  const { value, problems } = parseBody(text, format, options.expected.kind);
  const given = typeOf(value, () => text, options.expected);
  const decoded = decodeValue(value, given, options);
  return problems.length > 0 ? { ...decoded, problems: [...problems, ...decoded.problems] } : decoded;
}

/** The same for a value that was parsed elsewhere (a patched object). @throws StatusError 400 */
export const decodeParsed = (value: unknown, options: DecodeOptions): DecodedObject =>
  decodeValue(
    value,
    typeOf(value, () => JSON.stringify(value), options.expected),
    options,
  );
