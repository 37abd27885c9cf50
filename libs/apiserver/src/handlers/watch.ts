import { escapeFieldValue, methodNotSupported, PROTOBUF_MEDIA, type ResourceDefinition } from '@windlass/meta';
import { verbsOf } from '../definitions.ts';
import type { Reply } from '../http/send.ts';
import { warningHeaders } from '../http/send.ts';
import { listRequest } from '../read/list-options.ts';
import { selectionOf } from '../read/selectors.ts';
import { isTrue } from '../request/request-info.ts';
import type { RequestContext } from '../seams.ts';
import type { ServerParts } from '../server-parts.ts';
import { WatchStream } from '../watch/watch-stream.ts';

const MIN_SECONDS = 1800;

/** Opens a watch and returns once it streams. @throws StatusError before the first byte */
export async function handleWatch(
  parts: ServerParts,
  definition: ResourceDefinition,
  context: RequestContext,
  reply: Reply,
): Promise<void> {
  if (!verbsOf(definition).includes('watch'))
    throw methodNotSupported({ group: definition.group, resource: definition.names.plural }, 'watch');
  const { query, info } = context;
  const request = listRequest(query, true);
  const selection = selectionOf(definition, info.pathName ? withName(query, info.pathName) : query);
  const seconds = Number(query.get('timeoutSeconds') ?? 0) || MIN_SECONDS + Math.random() * MIN_SECONDS;

  // Unset or 0 starts with the present state; a list is part of the stream then.
  const fresh = request.resourceVersion === undefined || request.resourceVersion === 0;
  const initialEvents = fresh || request.sendInitialEvents;
  let from = request.resourceVersion ?? 0;
  let initial: Awaited<ReturnType<typeof parts.reader.list>> | undefined;
  if (initialEvents) {
    const everything = { ...request, match: '' as const, limit: 0, continue: '' };
    initial = await parts.reader.list(definition, info.namespace, everything, selection);
    from = initial.revision;
  }

  const { response } = reply;
  const binary = reply.form.encoding === 'protobuf' && reply.protobuf;
  const headers: Record<string, string | string[]> = {
    'content-type': binary
      ? `${PROTOBUF_MEDIA};stream=watch`
      : reply.form.encoding === 'json'
        ? 'application/json'
        : `application/${reply.form.encoding}`,
    'cache-control': 'no-cache, private',
  };
  if (context.warnings.length > 0) headers.warning = warningHeaders(context.warnings);
  response.writeHead(200, headers);
  response.flushHeaders?.();
  const stream = new WatchStream(
    parts.cache,
    {
      definition,
      namespace: info.namespace,
      selection,
      form: { ...reply.form, encoding: binary ? 'protobuf' : 'json' },
      protobuf: binary || undefined,
      include: reply.include,
      bookmarks: isTrue(query.get('allowWatchBookmarks')),
      lifetimeMs: seconds * 1000,
      index: indexFor(parts, definition, selection.pinned),
    },
    {
      write: (chunk) => response.write(chunk),
      end: () => response.end(),
      pending: () => response.writableLength,
    },
  );
  const timer = setTimeout(() => stream.close(), seconds * 1000);
  response.on('close', () => {
    clearTimeout(timer);
    stream.close();
  });
  await stream.start(
    from,
    initialEvents && (fresh ? query.get('sendInitialEvents') !== 'false' : true) ? initial?.items : undefined,
    request.sendInitialEvents,
  );
}

function withName(query: URLSearchParams, name: string): URLSearchParams {
  const copy = new URLSearchParams(query);
  const others = query.get('fieldSelector');
  copy.set('fieldSelector', `${others ? `${others},` : ''}metadata.name=${escapeFieldValue(name)}`);
  return copy;
}

function indexFor(
  parts: ServerParts,
  definition: ResourceDefinition,
  pinned: (field: string) => string | undefined,
): { name: string; value: string } | undefined {
  for (const name of parts.indexOf(definition)) {
    const value = pinned(name);
    if (value !== undefined) return { name, value };
  }
  return undefined;
}
