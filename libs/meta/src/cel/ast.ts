/** Where a node stands in the text: the offset that error messages point at. */
interface Located {
  at: number;
}

export type Expr = Located &
  (
    | { kind: 'literal'; value: null | boolean | bigint | number | string | Uint8Array; uint?: boolean }
    | { kind: 'ident'; name: string }
    /** `optional`: `operand.?field`; `test`: has(operand.field). */
    | { kind: 'select'; operand: Expr; field: string; test?: boolean; optional?: boolean }
    | { kind: 'call'; fn: string; target?: Expr; args: Expr[] }
    | { kind: 'list'; items: { value: Expr; optional: boolean }[] }
    | { kind: 'map'; entries: { key: Expr; value: Expr; optional: boolean; at: number }[] }
    | { kind: 'struct'; name: string; fields: { name: string; value: Expr; optional: boolean; at: number }[] }
    | Comprehension
    /** target.optMap(variable, body): `flat` when the body is itself optional. */
    | { kind: 'optMap'; target: Expr; variable: string; body: Expr; flat: boolean }
  );

export type FoldKind = 'all' | 'exists' | 'existsOne' | 'map' | 'filter' | 'transformList' | 'transformMap' | 'transformMapEntry';

/** A macro over a list or map. With two variables the first is the index or key. */
export interface Comprehension {
  kind: 'fold';
  fold: FoldKind;
  range: Expr;
  variables: string[];
  /** Condition of `map` with three arguments and of transform macros. */
  filter?: Expr;
  body: Expr;
}
