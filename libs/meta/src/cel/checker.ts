import type { Comprehension, Expr } from './ast.ts';
import type { CelEnvironment } from './environment.ts';
import type { CelProblem } from './errors.ts';
import type { Overload } from './functions.ts';
import {
  assignable,
  type Bindings,
  BOOL,
  BYTES,
  type CelType,
  DOUBLE,
  DURATION,
  DYN,
  ERROR,
  INT,
  listOf,
  mapOf,
  NULL,
  optionalOf,
  STRING,
  substitute,
  TIMESTAMP,
  typeOf,
  typeText,
  UINT,
} from './types.ts';

/** What the checker found out of each node. */
export interface Checked {
  type: CelType;
  types: Map<Expr, CelType>;
  /** Overloads that a call may mean, by what is known of its arguments. */
  overloads: Map<Expr, readonly Overload[]>;
  problems: CelProblem[];
}

const TYPE_NAMES: Record<string, CelType> = {
  bool: BOOL,
  int: INT,
  uint: UINT,
  double: DOUBLE,
  string: STRING,
  bytes: BYTES,
  null_type: NULL,
  list: listOf(DYN),
  map: mapOf(DYN, DYN),
  type: typeOf(DYN),
  'google.protobuf.Timestamp': TIMESTAMP,
  'google.protobuf.Duration': DURATION,
};

export const typeByName = (name: string): CelType | undefined => (Object.hasOwn(TYPE_NAMES, name) ? TYPE_NAMES[name] : undefined);

const isWild = (type: CelType): boolean => type.kind === 'dyn' || type.kind === 'error' || type.kind === 'param';

/** `a.b.c` of selections of names. */
function qualifiedName(expr: Expr): string | undefined {
  if (expr.kind === 'ident') return expr.name;
  if (expr.kind !== 'select' || expr.test || expr.optional) return undefined;
  const operand = qualifiedName(expr.operand);
  return operand === undefined ? undefined : `${operand}.${expr.field}`;
}

/** Gives every node a type; what does not fit is in `problems`. Calls of qualified functions are resolved in the tree. */
export function checkCel(expr: Expr, environment: CelEnvironment): Checked {
  const checker = new Checker(environment);
  const type = checker.check(expr, environment.variables);
  return { type, types: checker.types, overloads: checker.overloads, problems: checker.problems };
}

type Scope = ReadonlyMap<string, CelType>;

class Checker {
  readonly types = new Map<Expr, CelType>();
  readonly overloads = new Map<Expr, readonly Overload[]>();
  readonly problems: CelProblem[] = [];
  readonly #environment: CelEnvironment;
  /** Above 0 inside the arguments of `format`, whose list may hold anything. */
  #mixed = 0;

  constructor(environment: CelEnvironment) {
    this.#environment = environment;
  }

  check(expr: Expr, scope: Scope): CelType {
    const type = this.#typeOf(expr, scope);
    this.types.set(expr, type);
    return type;
  }

  #fail(at: number, message: string): CelType {
    this.problems.push({ at, message });
    return ERROR;
  }

  #undeclared(at: number, name: string): CelType {
    return this.#fail(at, `undeclared reference to '${name}' (in container '')`);
  }

  #typeOf(expr: Expr, scope: Scope): CelType {
    switch (expr.kind) {
      case 'literal':
        return literalType(expr);
      case 'ident':
        return this.#ident(expr.name, expr.at, scope);
      case 'select':
        return this.#select(expr, scope);
      case 'call':
        return this.#call(expr, scope);
      case 'list':
        return listOf(this.#join(expr.items.map(({ value, optional }) => [value, this.#element(value, optional, scope)])));
      case 'map': {
        const key = this.#join(expr.entries.map(({ key: k }) => [k, this.check(k, scope)]));
        const value = this.#join(expr.entries.map((entry) => [entry.value, this.#element(entry.value, entry.optional, scope)]));
        return mapOf(key, value);
      }
      case 'struct':
        return this.#struct(expr, scope);
      case 'fold':
        return this.#fold(expr, scope);
      case 'optMap':
        return this.#optMap(expr, scope);
    }
  }

  #ident(name: string, at: number, scope: Scope): CelType {
    const known = scope.get(name);
    if (known) return known;
    const type = typeByName(name);
    return type ? typeOf(type) : this.#undeclared(at, name);
  }

  #select(expr: Extract<Expr, { kind: 'select' }>, scope: Scope): CelType {
    const name = qualifiedName(expr);
    const variable = name === undefined ? undefined : scope.get(name);
    if (variable) {
      // A variable with dots in its name, as `authorizer.requestResource`.
      Object.assign(expr, { kind: 'ident', name });
      return variable;
    }
    const type = name && !scope.has(name.split('.', 1)[0]!) ? typeByName(name) : undefined;
    if (type) return typeOf(type);
    const operand = this.check(expr.operand, scope);
    const inner = operand.kind === 'optional' ? operand.of : operand;
    const field = this.#field(inner, operand, expr);
    if (expr.test) return BOOL;
    if ((expr.optional || operand.kind === 'optional') && field.kind !== 'optional') return optionalOf(field);
    return field;
  }

  #field(inner: CelType, whole: CelType, { at, field }: Extract<Expr, { kind: 'select' }>): CelType {
    if (isWild(inner)) return DYN;
    if (inner.kind === 'map') return inner.value;
    if (inner.kind !== 'object') return this.#fail(at, `type '${typeText(whole)}' does not support field selection`);
    const declared = inner.fields.get(field);
    if (declared) return declared.type;
    return inner.open ? DYN : this.#fail(at, `undefined field '${field}'`);
  }

  #call(expr: Extract<Expr, { kind: 'call' }>, scope: Scope): CelType {
    if (expr.target) {
      const prefix = qualifiedName(expr.target);
      const full = prefix === undefined ? '' : `${prefix}.${expr.fn}`;
      if (full && !scope.has(prefix!.split('.', 1)[0]!) && this.#environment.functions.has(full)) {
        expr.fn = full;
        delete expr.target;
      }
    }
    const { fn, target, at } = expr;
    const mixed = fn === 'format' && target ? 1 : 0;
    this.#mixed += mixed;
    const given = [...(target ? [target] : []), ...expr.args].map((arg) => this.check(arg, scope));
    this.#mixed -= mixed;
    const declared = this.#environment.functions.get(fn);
    if (!declared) return this.#undeclared(at, fn);
    const member = target !== undefined;
    let result: CelType | undefined;
    const found = declared.filter((overload) => {
      if (overload.member !== member || overload.args.length !== given.length) return false;
      const bound: Bindings = new Map();
      if (!overload.args.every((wanted, i) => assignable(wanted, given[i]!, bound))) return false;
      const type = substitute(overload.result, bound);
      result = result === undefined || typeText(result) === typeText(type) ? type : DYN;
      return true;
    });
    this.overloads.set(expr, found);
    if (result) return given.some((type) => type.kind === 'error') && found.length > 1 ? DYN : result;
    const texts = given.map(typeText);
    const applied = member ? `${texts[0]}.(${texts.slice(1).join(', ')})` : `(${texts.join(', ')})`;
    return this.#fail(at, `found no matching overload for '${fn}' applied to '${applied}'`);
  }

  #element(value: Expr, optional: boolean, scope: Scope): CelType {
    const type = this.check(value, scope);
    if (!optional) return type;
    if (type.kind === 'optional') return type.of;
    return isWild(type)
      ? DYN
      : this.#fail(value.at, `expected type 'optional_type(${typeText(type)})' but found '${typeText(type)}'`);
  }

  /** The one type of a literal's members: Kubernetes wants them all alike. */
  #join(members: readonly (readonly [Expr, CelType])[]): CelType {
    const bound: Bindings = new Map();
    const first = members.find(([, type]) => !isWild(type));
    if (!first) return DYN;
    if (members.some(([, type]) => isWild(type))) return DYN;
    for (const [expr, type] of members) {
      if (!assignable({ kind: 'param', name: 'M' }, type, bound)) {
        if (this.#mixed > 0) return DYN;
        return this.#fail(expr.at, `expected type '${typeText(bound.get('M')!)}' but found '${typeText(type)}'`);
      }
    }
    return bound.get('M')!;
  }

  #struct({ name, at, fields }: Extract<Expr, { kind: 'struct' }>, scope: Scope): CelType {
    const type = this.#environment.structs.get(name);
    for (const field of fields) {
      const given = this.#element(field.value, field.optional, scope);
      if (!type) continue;
      const declared = type.fields.get(field.name);
      if (!declared && !type.open) this.#fail(field.at, `undefined field '${field.name}'`);
      else if (declared && !assignable(declared.type, given, new Map()))
        this.#fail(
          field.at,
          `expected type of field '${field.name}' is '${typeText(declared.type)}' but provided type is '${typeText(given)}'`,
        );
    }
    return type ?? this.#undeclared(at, name);
  }

  #fold(expr: Comprehension & { at: number }, scope: Scope): CelType {
    const range = this.check(expr.range, scope);
    const types = this.#rangeTypes(range, expr);
    const inner = new Map([...scope, ...expr.variables.map((name, i) => [name, types[i]!] as const)]);
    if (expr.filter) this.#expect(expr.filter, this.check(expr.filter, inner), BOOL);
    const body = this.check(expr.body, inner);
    switch (expr.fold) {
      case 'map':
      case 'transformList':
        return listOf(body);
      case 'transformMap':
        return mapOf(range.kind === 'map' ? range.key : range.kind === 'list' ? INT : DYN, body);
      case 'transformMapEntry':
        return body.kind === 'map' ? body : mapOf(DYN, DYN);
      case 'filter':
        this.#expect(expr.body, body, BOOL);
        return listOf(types[0]!);
    }
    this.#expect(expr.body, body, BOOL);
    return BOOL;
  }

  #rangeTypes(range: CelType, { variables, range: { at } }: Comprehension): CelType[] {
    const two = variables.length === 2;
    if (range.kind === 'list') return two ? [INT, range.of] : [range.of];
    if (range.kind === 'map') return two ? [range.key, range.value] : [range.key];
    if (!isWild(range))
      this.#fail(
        at,
        `expression of type '${typeText(range)}' cannot be range of a comprehension (must be list, map, or dynamic)`,
      );
    return [DYN, DYN];
  }

  #expect(expr: Expr, found: CelType, wanted: CelType): void {
    if (!assignable(wanted, found, new Map()))
      this.#fail(expr.at, `expected type '${typeText(wanted)}' but found '${typeText(found)}'`);
  }

  #optMap(expr: Extract<Expr, { kind: 'optMap' }>, scope: Scope): CelType {
    const target = this.check(expr.target, scope);
    if (target.kind !== 'optional' && !isWild(target))
      return this.#fail(expr.at, `found no matching overload for 'hasValue' applied to '${typeText(target)}.()'`);
    const inner = new Map([...scope, [expr.variable, target.kind === 'optional' ? target.of : DYN] as const]);
    const body = this.check(expr.body, inner);
    if (!expr.flat) return optionalOf(body);
    if (body.kind !== 'optional' && !isWild(body))
      this.#fail(
        expr.at,
        `found no matching overload for '_?_:_' applied to '(bool, ${typeText(body)}, optional_type(${typeText(body)}))'`,
      );
    return body;
  }
}

function literalType({ value, uint }: Extract<Expr, { kind: 'literal' }>): CelType {
  if (value === null) return NULL;
  switch (typeof value) {
    case 'boolean':
      return BOOL;
    case 'bigint':
      return uint ? UINT : INT;
    case 'number':
      return DOUBLE;
    case 'string':
      return STRING;
  }
  return BYTES;
}
