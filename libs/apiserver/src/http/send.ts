import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type AnyObject, apiVersionOf, PROTOBUF_MEDIA, type ResourceDefinition, type Status } from '@windlass/meta';
import { stringify } from 'yaml';
import { listKindOf } from '../definitions.ts';
import type { Answer } from '../handlers/answer.ts';
import type { Form } from '../present/form.ts';
import { listText, partialListText, tableText } from '../present/list-text.ts';
import type { ProtobufForms } from '../present/protobuf-forms.ts';
import { type IncludeObject, partial, table } from '../present/table.ts';
import type { ListAnswer } from '../read/reader.ts';
import { stamp } from '../registry/encode.ts';
import { pieces, segmentLength } from './pieces.ts';
import { writePieces } from './write-pieces.ts';

/** kube-apiserver compresses answers above this; no less than a piece. */
const GZIP_ABOVE = 128 * 1024;

export interface Reply {
  response: ServerResponse;
  form: Form;
  include: IncludeObject;
  warnings: readonly string[];
  acceptsGzip: boolean;
  protobuf?: ProtobufForms;
}

const NEWLINE = Buffer.from('\n');

const MEDIA: Record<string, string> = { json: 'application/json', yaml: 'application/yaml', protobuf: PROTOBUF_MEDIA };

// A header's characters stand for bytes: UTF-8 goes out as Latin-1. Control characters may not be in it.
const headerText = (text: string): string =>
  Buffer.from(text.replace(/[\\"]/g, '\\$&').replace(/\p{Cc}+/gu, ' ')).toString('latin1');

/** Texts of Warning headers, code 299 (RFC 7234), each once. */
export const warningHeaders = (warnings: readonly string[]): string[] =>
  [...new Set(warnings)].map((text) => `299 - "${headerText(text)}"`);

const headersOf = ({ form, warnings }: Reply): Record<string, string | string[] | number> => ({
  'content-type': MEDIA[form.encoding] ?? 'application/json',
  'cache-control': 'no-cache, private',
  ...(warnings.length > 0 ? { warning: warningHeaders(warnings) } : {}),
});

function total(segments: Iterable<Buffer | string>): number {
  let length = 0;
  for (const segment of segments) length += segmentLength(segment);
  return length;
}

/** A body that is whole already. */
async function write(reply: Reply, status: number, body: Buffer | string): Promise<void> {
  const { response } = reply;
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  if (reply.acceptsGzip && bytes.length > GZIP_ABOVE) return writeZipped(reply, status, [bytes]);
  if (response.destroyed) return;
  response.writeHead(status, { ...headersOf(reply), 'content-length': bytes.length });
  response.end(bytes);
}

/** A long list goes out while the rest is still being made and encrypted. @param length of all pieces, where it is known before they are made */
async function writeList(reply: Reply, status: number, made: Generator<Buffer>, length?: number): Promise<void> {
  const { response } = reply;
  // Before the headers: what fails here is still answered with a Status.
  const first: Buffer = made.next().value ?? Buffer.alloc(0);
  const second = made.next();
  if (response.destroyed) return;
  const total = second.done ? first.length : length;
  const all = chain(first, second.done ? [] : chain(second.value, made));
  if (reply.acceptsGzip && (total === undefined || total > GZIP_ABOVE)) return writeZipped(reply, status, all);
  // A body of known length is encrypted where it lies; chunks would be copied once more to stand between their lengths.
  response.writeHead(status, { ...headersOf(reply), ...(total === undefined ? {} : { 'content-length': total }) });
  return writePieces(response, all);
}

async function writeZipped(reply: Reply, status: number, body: Iterable<Buffer>): Promise<void> {
  const { response } = reply;
  response.writeHead(status, { ...headersOf(reply), 'content-encoding': 'gzip', vary: 'Accept-Encoding' });
  // The client went away: nobody is left to tell.
  await pipeline([Readable.from(body), createGzip({ level: 1 }), response]).catch(() => response.destroy());
}

function* chain(first: Buffer, rest: Iterable<Buffer>): Generator<Buffer> {
  yield first;
  yield* rest;
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
  // Rows and items as the cache holds them; other versions of a kind are decoded first.
  const kept = form.encoding === 'json' && !form.pretty && !definition.storedAs && list.items.every((item) => item.cached);
  const keptMetadata = kept && !definition.versionAnnotations;
  if (form.as === 'table') {
    const now = new Date();
    if (keptMetadata && include === 'Metadata')
      return writeList(reply, status, pieces(tableText(definition, metadata, list, now)));
    const objects = list.items.map((item) => item.object);
    return write(reply, status, `${text(table(definition, metadata, objects, include, now), form)}\n`);
  }
  if (form.as === 'partial') {
    if (keptMetadata) return writeList(reply, status, pieces(partialListText(metadata, list)));
    const items = list.items.map((item) => partial(definition, item.object));
    return writeObject(reply, status, { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata, items });
  }
  if (kept) {
    const made = () => listText(definition, metadata, list);
    return writeList(reply, status, pieces(made()), total(made()));
  }
  const head = { kind: listKindOf(definition), apiVersion: apiVersionOf(definition.group, definition.version), metadata };
  const items = list.items.map((item) => {
    if (definition.custom) return item.object;
    const { kind: _, apiVersion: __, ...rest } = item.object;
    return rest;
  });
  return writeObject(reply, status, { ...head, items });
}

/** The object of an answer, as JSON has it; undefined when there is none. */
export function answerObject(answer: Answer): object | undefined {
  if (answer.kind === 'taken') return undefined;
  if (answer.kind === 'raw') return answer.object;
  const { definition } = answer;
  if (answer.kind === 'object') return stamp(definition, answer.object as AnyObject);
  const head = { kind: listKindOf(definition), apiVersion: apiVersionOf(definition.group, definition.version) };
  return { ...head, metadata: listMetadata(answer.list, definition), items: answer.list.items.map((item) => item.object) };
}

/** Writes an answer in the form that was asked for. */
export async function send(reply: Reply, answer: Answer): Promise<void> {
  if (answer.kind === 'taken') return;
  if (answer.kind === 'list') return sendList(reply, answer.status, answer.definition, answer.list);
  if (answer.kind === 'raw') return sendObject(reply, answer.status, answer.object);
  const { definition, json, status } = answer;
  const { form, include } = reply;
  if (json && form.as === 'object' && form.encoding === 'json' && !form.pretty)
    return write(reply, status, typeof json === 'string' ? `${json}\n` : Buffer.concat([json, NEWLINE]));
  const { object } = answer;
  if (form.as === 'table') {
    const metadata = { resourceVersion: object.metadata.resourceVersion };
    return write(reply, status, `${text(table(definition, metadata, [object], include, new Date()), form)}\n`);
  }
  if (form.as === 'partial') return writeObject(reply, status, partial(definition, object));
  return writeObject(reply, status, stamp(definition, object as AnyObject));
}
