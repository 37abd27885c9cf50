import type { Expr } from './ast.ts';
import { CelCompileError, type CelProblem } from './errors.ts';
import { SyntaxStop, type Token, type TokenKind, tokenize } from './lexer.ts';
import { expandMacro } from './macros.ts';

const MAX_DEPTH = 250;
/** Code points of an expression, as cel-go's parser. */
const MAX_LENGTH = 100_000;
const RELATIONS: Record<string, string> = {
  '==': '_==_',
  '!=': '_!=_',
  '<': '_<_',
  '<=': '_<=_',
  '>': '_>_',
  '>=': '_>=_',
  in: '@in',
};
const SUMS: Record<string, string> = { '+': '_+_', '-': '_-_' };
const PRODUCTS: Record<string, string> = { '*': '_*_', '/': '_/_', '%': '_%_' };
const OPERAND =
  "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}";
const RESERVED: ReadonlySet<string> = new Set(
  'as break const continue else for function if import let loop package namespace return var void while'.split(' '),
);

/** Parses an expression and expands its macros. @throws CelCompileError */
export function parseCel(source: string): Expr {
  if (source.length > MAX_LENGTH)
    throw new CelCompileError(
      [{ at: 0, message: `expression code point size exceeds limit: size: ${source.length}, limit ${MAX_LENGTH}` }],
      source,
    );
  const problems: CelProblem[] = [];
  try {
    const parser = new Parser(tokenize(source), problems);
    const expr = parser.whole();
    if (problems.length === 0) return expr;
  } catch (error) {
    if (!(error instanceof SyntaxStop)) throw error;
    problems.push(error.problem);
  }
  throw new CelCompileError(problems, source);
}

class Parser {
  readonly #tokens: Token[];
  readonly #problems: CelProblem[];
  #next = 0;
  #depth = 0;

  constructor(tokens: Token[], problems: CelProblem[]) {
    this.#tokens = tokens;
    this.#problems = problems;
  }

  whole(): Expr {
    const expr = this.#expr();
    const token = this.#peek();
    if (token.kind !== 'end') throw new SyntaxStop(token.at, `extraneous input '${token.text}' expecting <EOF>`);
    return expr;
  }

  #peek(): Token {
    return this.#tokens[this.#next]!;
  }

  #is(text: string): boolean {
    const token = this.#peek();
    return token.text === text && (token.kind === 'operator' || (text === 'in' && token.kind === 'ident'));
  }

  #take(text: string): Token | undefined {
    return this.#is(text) ? this.#tokens[this.#next++] : undefined;
  }

  #expect(text: string): Token {
    const token = this.#peek();
    return this.#take(text) ?? this.#mismatch(token, `'${text}'`);
  }

  #mismatch(token: Token, expected: string): never {
    throw new SyntaxStop(token.at, `mismatched input '${token.text}' expecting ${expected}`);
  }

  #kind(kind: TokenKind): Token | undefined {
    return this.#peek().kind === kind ? this.#tokens[this.#next++] : undefined;
  }

  #expr(): Expr {
    if (++this.#depth > MAX_DEPTH) throw new SyntaxStop(this.#peek().at, `expression recursion limit exceeded: ${MAX_DEPTH}`);
    const condition = this.#or();
    const mark = this.#take('?');
    let expr = condition;
    if (mark) {
      const yes = this.#or();
      this.#expect(':');
      const no = this.#expr();
      expr = { kind: 'call', fn: '_?_:_', at: mark.at, args: [condition, yes, no] };
    }
    this.#depth--;
    return expr;
  }

  #or(): Expr {
    let left = this.#and();
    for (let token = this.#take('||'); token; token = this.#take('||'))
      left = { kind: 'call', fn: '_||_', at: token.at, args: [left, this.#and()] };
    return left;
  }

  #and(): Expr {
    let left = this.#relation();
    for (let token = this.#take('&&'); token; token = this.#take('&&'))
      left = { kind: 'call', fn: '_&&_', at: token.at, args: [left, this.#relation()] };
    return left;
  }

  #binary(table: Record<string, string>, operand: () => Expr): Expr {
    let left = operand();
    for (;;) {
      const fn = Object.keys(table).find((text) => this.#is(text));
      if (!fn) return left;
      const { at } = this.#tokens[this.#next++]!;
      left = { kind: 'call', fn: table[fn]!, at, args: [left, operand()] };
    }
  }

  readonly #relation = (): Expr => this.#binary(RELATIONS, this.#sum);
  readonly #sum = (): Expr => this.#binary(SUMS, this.#product);
  readonly #product = (): Expr => this.#binary(PRODUCTS, this.#unary);

  readonly #unary = (): Expr => {
    const token = this.#peek();
    const fn = this.#is('!') ? '!_' : this.#is('-') ? '-_' : undefined;
    if (!fn) return this.#member(this.#primary());
    let count = 0;
    while (this.#take(token.text)) count++;
    const number = this.#peek();
    if (fn === '-_' && (number.kind === 'int' || number.kind === 'double')) {
      this.#next++;
      count--;
      const literal = this.#member(numberLiteral(number, token.at, true));
      return count % 2 === 0 ? literal : { kind: 'call', fn, at: token.at, args: [literal] };
    }
    const operand = this.#member(this.#primary());
    return count % 2 === 0 ? operand : { kind: 'call', fn, at: token.at, args: [operand] };
  };

  #member(start: Expr): Expr {
    let operand = start;
    for (;;) {
      const token = this.#peek();
      if (this.#take('.') || this.#take('.?')) {
        const name = this.#peek();
        if (!this.#kind('ident')) this.#mismatch(name, 'IDENTIFIER');
        const open = token.text === '.' ? this.#take('(') : undefined;
        operand = open
          ? this.#call(name.text, operand, open.at)
          : { kind: 'select', at: token.at, operand, field: name.text, ...(token.text === '.?' ? { optional: true } : {}) };
      } else if (this.#take('[') || this.#take('[?')) {
        const index = this.#expr();
        this.#expect(']');
        operand = { kind: 'call', fn: token.text === '[' ? '_[_]' : '_[?_]', at: token.at, args: [operand, index] };
      } else if (this.#is('{')) {
        const name = structName(operand);
        if (name === undefined) return operand;
        this.#next++;
        operand = this.#struct(name, token.at);
      } else return operand;
    }
  }

  #call(fn: string, target: Expr | undefined, at: number): Expr {
    const args: Expr[] = [];
    while (!this.#is(')')) {
      args.push(this.#expr());
      if (!this.#take(',')) break;
    }
    this.#expect(')');
    const fail = (where: number, message: string): void => void this.#problems.push({ at: where, message });
    const macro = expandMacro({ fn, target, args, at, fail });
    return macro ?? { kind: 'call', fn, at, ...(target ? { target } : {}), args };
  }

  #primary(): Expr {
    const token = this.#peek();
    if (token.kind === 'operator') {
      if (this.#take('(')) {
        const inner = this.#expr();
        this.#expect(')');
        return inner;
      }
      if (this.#take('[')) return this.#list(token.at, false);
      if (this.#take('[?')) return this.#list(token.at, true);
      if (this.#take('{')) return this.#map(token.at);
      if (this.#take('.')) return this.#name(this.#peek(), '.');
      return this.#mismatch(token, OPERAND);
    }
    if (token.kind === 'ident') return this.#name(token, '');
    if (token.kind === 'end') return this.#mismatch(token, OPERAND);
    this.#next++;
    if (token.kind === 'string' || token.kind === 'bytes') return { kind: 'literal', at: token.at, value: token.value! };
    return numberLiteral(token, token.at, false);
  }

  #name(token: Token, leading: string): Expr {
    if (!this.#kind('ident')) return this.#mismatch(token, 'IDENTIFIER');
    const { text, at } = token;
    if (!leading && (text === 'true' || text === 'false')) return { kind: 'literal', at, value: text === 'true' };
    if (!leading && text === 'null') return { kind: 'literal', at, value: null };
    if (text === 'in') return this.#mismatch(token, OPERAND);
    if (RESERVED.has(text)) this.#problems.push({ at, message: `reserved identifier: ${text}` });
    const open = this.#take('(');
    return open ? this.#call(text, undefined, open.at) : { kind: 'ident', at, name: text };
  }

  #list(at: number, firstOptional: boolean): Expr {
    const items: { value: Expr; optional: boolean }[] = [];
    for (let optional = firstOptional; optional || !this.#is(']'); ) {
      optional ||= this.#take('?') !== undefined;
      items.push({ value: this.#expr(), optional });
      optional = false;
      if (!this.#take(',')) break;
    }
    this.#expect(']');
    return { kind: 'list', at, items };
  }

  #map(at: number): Expr {
    const entries: { key: Expr; value: Expr; optional: boolean; at: number }[] = [];
    while (!this.#is('}')) {
      const optional = this.#take('?') !== undefined;
      const key = this.#expr();
      const colon = this.#expect(':');
      entries.push({ key, value: this.#expr(), optional, at: colon.at });
      if (!this.#take(',')) break;
    }
    this.#expect('}');
    return { kind: 'map', at, entries };
  }

  #struct(name: string, at: number): Expr {
    const fields: { name: string; value: Expr; optional: boolean; at: number }[] = [];
    while (!this.#is('}')) {
      const optional = this.#take('?') !== undefined;
      const field = this.#peek();
      if (!this.#kind('ident')) this.#mismatch(field, 'IDENTIFIER');
      const colon = this.#expect(':');
      fields.push({ name: field.text, value: this.#expr(), optional, at: colon.at });
      if (!this.#take(',')) break;
    }
    this.#expect('}');
    return { kind: 'struct', at, name, fields };
  }
}

/** `a.b.C` of a chain of selections, which `{` then makes a message. */
function structName(expr: Expr): string | undefined {
  if (expr.kind === 'ident') return expr.name;
  if (expr.kind !== 'select' || expr.test || expr.optional) return undefined;
  const operand = structName(expr.operand);
  return operand === undefined ? undefined : `${operand}.${expr.field}`;
}

function numberLiteral({ kind, text }: Token, at: number, negative: boolean): Expr {
  if (kind === 'double') return { kind: 'literal', at, value: Number(text) * (negative ? -1 : 1) };
  const digits = BigInt(text.replace(/[uU]$/, ''));
  const value = negative ? -digits : digits;
  if (kind === 'uint') {
    if (value >= 1n << 64n) throw new SyntaxStop(at, 'invalid uint literal');
    return { kind: 'literal', at, value, uint: true };
  }
  if (value >= 1n << 63n || value < -(1n << 63n)) throw new SyntaxStop(at, 'invalid int literal');
  return { kind: 'literal', at, value };
}
