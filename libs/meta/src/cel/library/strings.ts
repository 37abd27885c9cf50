import { CelError } from '../errors.ts';
import { Library } from '../functions.ts';
import type { CelValue } from '../values.ts';
import { formatText } from './format-text.ts';
import { chargeLength } from './operators.ts';

const SPACES = '\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000';
const TRIM = new RegExp(`^[${SPACES}]+|[${SPACES}]+$`, 'g');
const chars = (text: string): string[] => [...text];

function within(index: bigint, length: number): number {
  const at = Number(index);
  if (at < 0 || at > length) throw new CelError(`index out of range: ${index}`);
  return at;
}

function charAt(text: string, index: bigint): string {
  const all = chars(text);
  return all[within(index, all.length)] ?? '';
}

/** Position in code points, or -1. */
function search(text: string, part: string, from: number, step: 1 | -1): bigint {
  const [all, wanted] = [chars(text), chars(part)];
  for (let i = from; i >= 0 && i + wanted.length <= all.length; i += step)
    if (wanted.every((char, j) => all[i + j] === char)) return BigInt(i);
  return -1n;
}

function substring(text: string, start: bigint, end?: bigint): string {
  const all = chars(text);
  const from = within(start, all.length);
  const to = end === undefined ? all.length : within(end, all.length);
  if (to < from) throw new CelError(`invalid substring range. start: ${start}, end: ${end}`);
  return all.slice(from, to).join('');
}

function replace(text: string, from: string, to: string, count: bigint): string {
  if (count < 0n) return text.split(from).join(to);
  const parts = from === '' ? ['', ...chars(text), ''] : text.split(from);
  const limit = Number(count);
  return parts.reduce((made, part, i) => (i === 0 ? part : made + (i <= limit ? to : from) + part), '');
}

function split(text: string, separator: string, limit: bigint): string[] {
  if (limit === 0n) return [];
  const parts = separator === '' ? chars(text) : text.split(separator);
  const most = Number(limit);
  if (most < 0 || parts.length <= most) return parts;
  return [...parts.slice(0, most - 1), parts.slice(most - 1).join(separator)];
}

const asciiCase = (text: string, pattern: RegExp, change: (char: string) => string): string => text.replace(pattern, change);

const ESCAPES: Record<string, string> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
};

/** The standard's text functions and cel-go's ext.Strings. */
export const strings = new Library();
const traversing: [string, (text: string, part: string) => boolean][] = [
  ['contains', (text, part) => text.includes(part)],
  ['startsWith', (text, part) => text.startsWith(part)],
  ['endsWith', (text, part) => text.endsWith(part)],
];
for (const [name, run] of traversing)
  strings.defWith(name, 'string.(string): bool', ([text, part], context) => {
    chargeLength(context, text!, part!);
    return run(text as string, part as string);
  });
const costly = (name: string, signature: string, run: (...args: never[]) => CelValue) =>
  strings.defWith(name, signature, (args, context) => {
    chargeLength(context, ...args);
    return run(...(args as never[]));
  });
costly('charAt', 'string.(int): string', charAt);
costly('indexOf', 'string.(string): int', (text: string, part: string) => search(text, part, 0, 1));
costly('indexOf', 'string.(string, int): int', (text: string, part: string, from: bigint) =>
  search(text, part, within(from, chars(text).length), 1),
);
costly('lastIndexOf', 'string.(string): int', (text: string, part: string) =>
  search(text, part, chars(text).length - chars(part).length, -1),
);
costly('lastIndexOf', 'string.(string, int): int', (text: string, part: string, from: bigint) =>
  search(text, part, Math.min(within(from, chars(text).length), chars(text).length - chars(part).length), -1),
);
costly('lowerAscii', 'string.(): string', (text: string) => asciiCase(text, /[A-Z]+/g, (c) => c.toLowerCase()));
costly('upperAscii', 'string.(): string', (text: string) => asciiCase(text, /[a-z]+/g, (c) => c.toUpperCase()));
costly('replace', 'string.(string, string): string', (text: string, from: string, to: string) => replace(text, from, to, -1n));
costly('replace', 'string.(string, string, int): string', replace);
costly('split', 'string.(string): list(string)', (text: string, separator: string) => split(text, separator, -1n));
costly('split', 'string.(string, int): list(string)', split);
costly('substring', 'string.(int): string', (text: string, start: bigint) => substring(text, start));
costly('substring', 'string.(int, int): string', substring);
costly('trim', 'string.(): string', (text: string) => text.replace(TRIM, ''));
costly('reverse', 'string.(): string', (text: string) => chars(text).reverse().join(''));
costly('join', 'list(string).(): string', (list: string[]) => list.join(''));
costly('join', 'list(string).(string): string', (list: string[], separator: string) => list.join(separator));
costly('strings.quote', '(string): string', (text: string) => `"${[...text].map((c) => ESCAPES[c] ?? c).join('')}"`);
costly('format', 'string.(list(dyn)): string', formatText);
