import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { Transform } from 'node:stream';
import { endToEnd } from './pipe.ts';

/** Where the far end's paths appear to the client. */
export interface Appearance {
  /** Path prefix to `/proxy`, without a slash at the end. */
  prefix: string;
  /** `host[:port]` of the far end. */
  host: string;
}

/** A URL of the far end as the client must ask for it; other hosts and relative paths stay as they are. */
export function rewriteUrl(target: string, { prefix, host }: Appearance): string {
  const absolute = /^(?:https?:)?\/\/([^/?#]*)(.*)$/i.exec(target);
  if (absolute && absolute[1] !== host) return target;
  const path = absolute ? absolute[2] || '/' : target;
  if (!path.startsWith('/') || path.startsWith(prefix)) return path;
  return prefix + path;
}

/** Attributes that carry a URL, over all elements. */
const ATTRIBUTES =
  /(\s(?:href|src|action|formaction|background|cite|codebase|data|icon|longdesc|manifest|poster|profile|usemap|classid)\s*=\s*)("([^"]*)"|'([^']*)')/gi;

const rewriteTag = (tag: string, appearance: Appearance): string =>
  tag.replace(ATTRIBUTES, (_, start: string, quoted: string, double?: string, single?: string) => {
    const quote = quoted[0]!;
    return start + quote + rewriteUrl(double ?? single ?? '', appearance) + quote;
  });

const MAX_TAG = 64 * 1024;

/** Rewrites URLs in the tags of an HTML page as it passes. Latin-1 carries every ASCII-compatible encoding unchanged. */
export function htmlRewriter(appearance: Appearance): Transform {
  let held = '';
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const text = held + chunk.toString('latin1');
      const open = text.lastIndexOf('<');
      const cut = open > text.lastIndexOf('>') && text.length - open < MAX_TAG ? open : text.length;
      held = text.slice(cut);
      done(null, Buffer.from(rewriteHtml(text.slice(0, cut), appearance), 'latin1'));
    },
    flush(done) {
      done(null, Buffer.from(rewriteHtml(held, appearance), 'latin1'));
    },
  });
}

const rewriteHtml = (text: string, appearance: Appearance): string =>
  text.replace(/<[a-zA-Z][^>]*>/g, (tag) => rewriteTag(tag, appearance));

export const isHtml = ({ headers }: IncomingMessage): boolean =>
  /^text\/html\b/i.test(headers['content-type'] ?? '') && !headers['content-encoding'];

/** Headers of the answer: redirects lead through the proxy, and a rewritten page has another length. */
export function rewrittenHeaders(response: IncomingMessage, appearance: Appearance): OutgoingHttpHeaders {
  const headers = endToEnd(response.headers);
  if (typeof headers.location === 'string') headers.location = rewriteUrl(headers.location, appearance);
  if (isHtml(response)) delete headers['content-length'];
  return headers;
}
