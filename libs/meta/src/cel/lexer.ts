import type { CelProblem } from './errors.ts';

export type TokenKind = 'end' | 'ident' | 'int' | 'uint' | 'double' | 'string' | 'bytes' | 'operator';

export interface Token {
  kind: TokenKind;
  /** Operator, name or digits. */
  text: string;
  at: number;
  /** Of strings and bytes, escapes resolved. */
  value?: string | Uint8Array;
}

/** Stops the lexer and parser at a syntax error. */
export class SyntaxStop extends Error {
  readonly problem: CelProblem;
  constructor(at: number, message: string) {
    super(message);
    this.problem = { at, message: `Syntax error: ${message}` };
  }
}

const OPERATORS = [
  '&&',
  '||',
  '==',
  '!=',
  '<=',
  '>=',
  '[?',
  '.?',
  '{',
  '}',
  '[',
  ']',
  '(',
  ')',
  '.',
  ',',
  '-',
  '!',
  '<',
  '>',
  '?',
  ':',
  '+',
  '*',
  '/',
  '%',
];
const NUMBER = /(?:0x[0-9a-fA-F]+|\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?|\d+)([uU])?/y;
const IDENT = /[_a-zA-Z][_a-zA-Z0-9]*/y;
const STRING = /([rRbB]{0,2})("""|'''|"|')/y;
const SPACE = /(?:\s+|\/\/[^\n]*)+/y;
const SIMPLE: Record<string, string> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

const matchAt = (pattern: RegExp, text: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at;
  return pattern.exec(text);
};

/** All tokens with the final `end`. @throws SyntaxStop */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < source.length) {
    const space = matchAt(SPACE, source, at);
    if (space) {
      at += space[0].length;
      continue;
    }
    const token = stringToken(source, at) ?? plainToken(source, at);
    if (!token) throw new SyntaxStop(at, `token recognition error at: '${source.slice(at, at + 1)}'`);
    tokens.push(token);
    at = token.end;
  }
  tokens.push({ kind: 'end', text: '<EOF>', at: source.length });
  return tokens;
}

function plainToken(source: string, at: number): (Token & { end: number }) | undefined {
  const ident = matchAt(IDENT, source, at);
  if (ident) return { kind: 'ident', text: ident[0], at, end: at + ident[0].length };
  const number = matchAt(NUMBER, source, at);
  if (number) {
    const text = number[0];
    const isDouble = !text.startsWith('0x') && /[.eE]/.test(text);
    return { kind: number[1] ? 'uint' : isDouble ? 'double' : 'int', text, at, end: at + text.length };
  }
  // `.?` and `[?` are two tokens in cel-go's grammar; a ternary may begin with `?.5` or `[?x`, so only these forms count.
  const operator = OPERATORS.find((text) => source.startsWith(text, at));
  return operator === undefined ? undefined : { kind: 'operator', text: operator, at, end: at + operator.length };
}

function stringToken(source: string, at: number): (Token & { end: number }) | undefined {
  const open = matchAt(STRING, source, at);
  if (!open) return undefined;
  const [whole, prefix = '', quote = ''] = open;
  const raw = /r/i.test(prefix);
  const isBytes = /b/i.test(prefix);
  let i = at + whole.length;
  let body = '';
  for (;;) {
    if (i >= source.length || (quote.length === 1 && source[i] === '\n'))
      throw new SyntaxStop(at, `token recognition error at: '${source.slice(at, i)}'`);
    if (source.startsWith(quote, i)) break;
    if (source[i] === '\\' && !raw) {
      const [text, length] = readEscape(source, i, isBytes);
      body += text;
      i += length;
    } else body += source[i++];
  }
  const end = i + quote.length;
  if (!isBytes) return { kind: 'string', text: source.slice(at, end), at, end, value: body };
  const value = raw || !/[\x80-\xff]/.test(body) ? Buffer.from(body, 'utf8') : Buffer.from(body, 'latin1');
  return { kind: 'bytes', text: source.slice(at, end), at, end, value: new Uint8Array(value) };
}

/** The escape at `at` and its length in the text. */
function readEscape(source: string, at: number, isBytes: boolean): [string, number] {
  const next = source[at + 1] ?? '';
  if (SIMPLE[next] !== undefined) return [SIMPLE[next], 2];
  if ('\\?"\'`'.includes(next) && next !== '') return [next, 2];
  const found = /\\(?:[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2}))/y;
  found.lastIndex = at;
  const code = found.exec(source);
  if (!code || (isBytes && (code[2] || code[3])))
    throw new SyntaxStop(at, `token recognition error at: '${source.slice(at, at + 2)}'`);
  const [text, x, u, U, octal] = code;
  const value = octal ? Number.parseInt(octal, 8) : Number.parseInt(x ?? u ?? U ?? '0', 16);
  return [String.fromCodePoint(value), text.length];
}
