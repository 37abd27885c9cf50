/** How the API server writes objects: kind and apiVersion (in any order, or not at all), then metadata. ASCII only, so characters are bytes. */
const HEADER = /^\{((?:"(?:kind|apiVersion)":"[\w./-]*",){0,2})"metadata":\{(\})?/;

export interface Spliced {
  text: string;
  /** Where the text goes on after kind and apiVersion: `{` and the rest from here is the object as an item of a typed list. */
  bareFrom: number;
}

/**
 * The stored text with `metadata.resourceVersion` as metadata's first field. A text that starts with metadata (after kind and apiVersion) is
 * only cut and joined; any other is parsed and brought into that order.
 */
export function withRevision(text: string, revision: number): Spliced {
  const match = HEADER.exec(text);
  if (!match) return withRevision(reordered(text), revision);
  const at = match[0].length - (match[2] ? 1 : 0);
  const field = `"resourceVersion":"${revision}"${match[2] ? '' : ','}`;
  return { text: text.slice(0, at) + field + text.slice(at), bareFrom: 1 + match[1]!.length };
}

function reordered(text: string): string {
  const { kind, apiVersion, metadata, ...rest } = JSON.parse(text);
  const plain = (value: unknown) => (typeof value === 'string' && /^[\w./-]*$/.test(value) ? value : undefined);
  const header = { kind: plain(kind), apiVersion: plain(apiVersion) };
  const { resourceVersion: _, ...meta } = metadata ?? {};
  return JSON.stringify({ ...header, metadata: meta, ...rest });
}
