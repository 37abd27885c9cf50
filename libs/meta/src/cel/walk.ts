import type { Expr } from './ast.ts';

/** The nodes right below a node. */
export function childrenOf(expr: Expr): Expr[] {
  switch (expr.kind) {
    case 'literal':
    case 'ident':
      return [];
    case 'select':
      return [expr.operand];
    case 'call':
      return [...(expr.target ? [expr.target] : []), ...expr.args];
    case 'list':
      return expr.items.map(({ value }) => value);
    case 'map':
      return expr.entries.flatMap(({ key, value }) => [key, value]);
    case 'struct':
      return expr.fields.map(({ value }) => value);
    case 'fold':
      return [expr.range, ...(expr.filter ? [expr.filter] : []), expr.body];
    case 'optMap':
      return [expr.target, expr.body];
  }
}

/** Whether an expression refers to a variable. */
export const mentions = (expr: Expr, name: string): boolean =>
  (expr.kind === 'ident' && expr.name === name) || childrenOf(expr).some((child) => mentions(child, name));
