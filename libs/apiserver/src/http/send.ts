import type { ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type AnyObject, apiVersionOf, PROTOBUF_MEDIA, type ResourceDefinition, type Status } from '@windlass/meta';
import { joinObjects } from '@windlass/store';
import { stringify } from 'yaml';
import { listKindOf } from '../definitions.ts';
import type { Answer } from '../handlers/answer.ts';
import type { Form } from '../present/form.ts';
import type { ProtobufForms } from '../present/protobuf-forms.ts';
import { type IncludeObject, partial, table } from '../present/table.ts';
import type { ListAnswer } from '../read/reader.ts';
import { stamp } from '../registry/encode.ts';

const compress = promisify(gzip);
/** kube-apiserver compresses answers above this. */
const GZIP_ABOVE = 128 * 1024;

export interface Reply {
  response: ServerResponse;
  form: Form;
  include: IncludeObject;
  warnings: readonly string[];
  acceptsGzip: boolean;
  protobuf?: ProtobufForms;
}

const MEDIA: Record<string, string> = { json: 'application/json', yaml: 'application/yaml', protobuf: PROTOBUF_MEDIA };

/** Texts of Warning headers, code 299 (RFC 7234), each once. */
export function warningHeaders(warnings: readonly string[]): string[] {
  return [...new Set(warnings)].map((text) => `299 - "${text.replace(/[\\"]/g, '\\$&').replace(/[\r\n]+/g, ' ')}"`);
}

async function write(reply: Reply, status: number, body: Buffer | string): Promise<void> {
  const { response, form, warnings } = reply;
  let data = typeof body === 'string' ? Buffer.from(body) : body;
  const headers: Record<string, string | string[] | number> = {
    'content-type': MEDIA[form.encoding] ?? 'application/json',
    'cache-control': 'no-cache, private',
  };
  if (warnings.length > 0) headers.warning = warningHeaders(warnings);
  if (reply.acceptsGzip && data.length > GZIP_ABOVE) {
    data = await compress(data, { level: 1 });
    headers['content-encoding'] = 'gzip';
    headers.vary = 'Accept-Encoding';
  }
  headers['content-length'] = data.length;
  if (response.destroyed) return;
  response.writeHead(status, headers);
  response.end(data);
}

function text(object: unknown, form: Form): string {
  if (form.encoding === 'yaml') return stringify(object, { lineWidth: 0, aliasDuplicateObjects: false });
  return form.pretty ? JSON.stringify(object, undefined, 2) : JSON.stringify(object);
}

/** An object with kind and apiVersion; as JSON when its kind has no protobuf form. */
function writeObject(reply: Reply, status: number, object: object): Promise<void> {
  const { form, protobuf } = reply;
  if (form.encoding !== 'protobuf') return write(reply, status, `${text(object, form)}\n`);
  const bytes = protobuf?.encode(object);
  if (bytes) return write(reply, status, bytes);
  return write({ ...reply, form: { ...form, encoding: 'json' } }, status, `${text(object, form)}\n`);
}

/** A Status or another object that is sent as it is. */
export async function sendObject(reply: Reply, status: number, object: object): Promise<void> {
  const failure = (object as Status).kind === 'Status' && (object as Status).status === 'Failure';
  const retry = failure ? (object as Status).details?.retryAfterSeconds : undefined;
  if (retry) reply.response.setHeader('retry-after', String(retry));
  await writeObject(reply, status, object);
}

// Go's unstructured list of custom resources writes an empty continue token.
const listMetadata = ({ revision, continue: token, remaining }: ListAnswer, { custom }: ResourceDefinition): object => ({
  resourceVersion: revision === 0 ? '' : String(revision),
  ...(token || custom ? { continue: token } : {}),
  ...(remaining !== undefined ? { remainingItemCount: remaining } : {}),
});

async function sendList(reply: Reply, status: number, definition: ResourceDefinition, list: ListAnswer): Promise<void> {
  const { form, include } = reply;
  const metadata = listMetadata(list, form.as === 'object' ? definition : { ...definition, custom: undefined });
  if (form.as === 'table') {
    const objects = list.items.map((item) => item.object);
    return write(reply, status, `${text(table(definition, metadata, objects, include, new Date()), form)}\n`);
  }
  if (form.as === 'partial') {
    const items = list.items.map((item) => partial(definition, item.object));
    return writeObject(reply, status, { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata, items });
  }
  const head = { kind: listKindOf(definition), apiVersion: apiVersionOf(definition.group, definition.version), metadata };
  if (form.encoding === 'json' && !form.pretty && !definition.storedAs && list.items.every((item) => item.cached)) {
    const opening = `${JSON.stringify(head).slice(0, -1)},"items":[`;
    return write(
      reply,
      status,
      joinObjects(
        opening,
        list.items.map((item) => item.cached),
        ']}\n',
        true,
      ),
    );
  }
  const items = list.items.map((item) => {
    if (definition.custom) return item.object;
    const { kind: _, apiVersion: __, ...rest } = item.object;
    return rest;
  });
  return writeObject(reply, status, { ...head, items });
}

/** Writes an answer in the form that was asked for. */
export async function send(reply: Reply, answer: Answer): Promise<void> {
  if (answer.kind === 'taken') return;
  if (answer.kind === 'list') return sendList(reply, answer.status, answer.definition, answer.list);
  if (answer.kind === 'raw') return sendObject(reply, answer.status, answer.object);
  const { definition, object, bytes, status } = answer;
  const { form, include } = reply;
  if (form.as === 'table') {
    const metadata = { resourceVersion: object.metadata.resourceVersion };
    return write(reply, status, `${text(table(definition, metadata, [object], include, new Date()), form)}\n`);
  }
  if (form.as === 'partial') return writeObject(reply, status, partial(definition, object));
  if (bytes && form.encoding === 'json' && !form.pretty) return write(reply, status, Buffer.concat([bytes, Buffer.from('\n')]));
  return writeObject(reply, status, stamp(definition, object as AnyObject));
}
