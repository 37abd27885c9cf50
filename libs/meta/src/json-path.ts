import { goJson } from './go-format.ts';
import { isMap, type JsonMap } from './json-value.ts';

/** A path that client-go's jsonpath package does not read. */
export class JsonPathError extends Error {
  override name = 'JsonPathError';
}

type Step =
  | { kind: 'field'; name: string }
  | { kind: 'wildcard' }
  | { kind: 'recursive' }
  | { kind: 'slice'; start?: number; end?: number; step: number; single: boolean }
  | { kind: 'union'; names: string[] }
  | { kind: 'filter'; left: Step[]; operator?: string; right?: Step[] | string | number | boolean };

const NUMBER = /^-?\d+(\.\d+)?$/;

/**
 * A path of k8s.io/client-go/util/jsonpath: fields (dots escaped by a backslash), `[0]`, `[1:3]`, `[*]`, `['a','b']`, `..`, filters
 * `[?(@.type=="Ready")]`. @throws JsonPathError
 */
export function parseJsonPath(text: string): Step[] {
  const steps: Step[] = [];
  let at = 0;
  const fail = (why: string): never => {
    throw new JsonPathError(why);
  };
  if (text.startsWith('$') || text.startsWith('@')) at++;
  while (at < text.length) {
    if (text.startsWith('..', at)) {
      steps.push({ kind: 'recursive' });
      at += text[at + 2] === '[' ? 2 : 1;
    } else if (text[at] === '.') {
      const [name, next] = readField(text, at + 1);
      at = next;
      if (name === '*') steps.push({ kind: 'wildcard' });
      else if (name !== '') steps.push({ kind: 'field', name });
      else if (at < text.length && text[at] !== '[') fail(`unexpected char ${text[at]}`);
    } else if (text[at] === '[') {
      const end = closing(text, at);
      if (end < 0) fail('unterminated array');
      steps.push(bracket(text.slice(at + 1, end), fail));
      at = end + 1;
    } else {
      const [name, next] = readField(text, at);
      if (next === at) fail(`unrecognized character in action: ${JSON.stringify(text[at])}`);
      steps.push({ kind: 'field', name });
      at = next;
    }
  }
  return steps;
}

function readField(text: string, from: number): [string, number] {
  let name = '';
  let at = from;
  for (; at < text.length && !'.[]'.includes(text[at]!); at++) {
    if (text[at] === '\\' && at + 1 < text.length) at++;
    name += text[at];
  }
  return [name, at];
}

/** Index of the bracket that closes the one at `open`, quotes respected. */
function closing(text: string, open: number): number {
  let depth = 0;
  let quote = '';
  for (let i = open; i < text.length; i++) {
    const char = text[i]!;
    if (quote) {
      if (char === '\\') i++;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '[') depth++;
    else if (char === ']' && --depth === 0) return i;
  }
  return -1;
}

function bracket(inner: string, fail: (why: string) => never): Step {
  const text = inner.trim();
  if (text === '*') return { kind: 'wildcard' };
  const filter = /^\?\((.*)\)$/s.exec(text);
  if (filter) return parseFilter(filter[1]!.trim());
  if (/^(['"]).*\1$/s.test(text)) {
    const names = [...text.matchAll(/'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)"/g)].map((m) =>
      (m[1] ?? m[2] ?? '').replace(/\\(.)/g, '$1'),
    );
    return names.length === 1 ? { kind: 'field', name: names[0]! } : { kind: 'union', names };
  }
  const slice = /^(-?\d+)?(?:(:)(-?\d+)?(?::(-?\d+)?)?)?$/.exec(text);
  if (!slice || text === '') return fail(`invalid array index ${text}`);
  const [, start, colon, end, step] = slice;
  return {
    kind: 'slice',
    single: colon === undefined,
    start: start === undefined ? undefined : Number(start),
    end: end === undefined ? undefined : Number(end),
    step: step === undefined ? 1 : Number(step),
  };
}

function parseFilter(text: string): Step {
  const found = /^(.*?)\s*(==|!=|<=|>=|<|>)\s*(.*)$/s.exec(text);
  if (!found) return { kind: 'filter', left: parseJsonPath(text) };
  const right = found[3]!;
  const quoted = /^(['"])(.*)\1$/s.exec(right);
  const value = quoted
    ? quoted[2]!.replace(/\\(.)/g, '$1')
    : NUMBER.test(right)
      ? Number(right)
      : right === 'true' || right === 'false'
        ? right === 'true'
        : parseJsonPath(right);
  return { kind: 'filter', left: parseJsonPath(found[1]!), operator: found[2], right: value };
}

const below = (value: unknown): unknown[] => (Array.isArray(value) ? value : isMap(value) ? Object.values(value) : []);

function descendants(value: unknown): unknown[] {
  return [value, ...below(value).flatMap(descendants)];
}

const fieldOf = (value: unknown, name: string): unknown[] =>
  isMap(value) && Object.hasOwn(value, name) ? [(value as JsonMap)[name]] : [];

function sliceOf(list: unknown, { start, end, step, single }: Extract<Step, { kind: 'slice' }>): unknown[] {
  if (!Array.isArray(list)) return [];
  const from = start === undefined ? 0 : start < 0 ? start + list.length : start;
  if (single) return from >= 0 && from < list.length ? [list[from]] : [];
  const to = Math.min(end === undefined ? list.length : end <= 0 ? end + list.length : end, list.length);
  return list.slice(Math.max(0, from), to).filter((_, i) => i % Math.max(1, step) === 0);
}

function compare(a: unknown, operator: string, b: unknown): boolean {
  if (typeof a !== typeof b) return operator === '!=';
  const [x, y] = [a as string, b as string];
  switch (operator) {
    case '==':
      return x === y;
    case '!=':
      return x !== y;
    case '<':
      return x < y;
    case '<=':
      return x <= y;
    case '>':
      return x > y;
    default:
      return x >= y;
  }
}

function passes(item: unknown, { left, operator, right }: Extract<Step, { kind: 'filter' }>): boolean {
  const [a] = findJsonPath(item, left);
  if (operator === undefined) return a !== undefined;
  if (a === undefined) return false;
  return compare(a, operator, Array.isArray(right) ? findJsonPath(item, right)[0] : right);
}

function follow(value: unknown, step: Step): unknown[] {
  switch (step.kind) {
    case 'field':
      return fieldOf(value, step.name);
    case 'union':
      return step.names.flatMap((name) => fieldOf(value, name));
    case 'wildcard':
      return below(value);
    case 'recursive':
      return descendants(value);
    case 'slice':
      return sliceOf(value, step);
    case 'filter':
      return below(value).filter((item) => passes(item, step));
  }
}

/** Everything that a parsed path finds, in order; nothing when a part is missing. */
export const findJsonPath = (value: unknown, steps: readonly Step[]): unknown[] =>
  steps.reduce<unknown[]>((found, step) => found.flatMap((item) => follow(item, step)), [value]);

/** As kubectl's and the Table's jsonpath prints a value: strings plain, maps and lists as JSON. */
export const jsonPathText = (value: unknown): string =>
  typeof value === 'string' ? value : value === null ? '' : typeof value === 'object' ? goJson(value) : String(value);
