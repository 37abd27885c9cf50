const RESERVED = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);
const ESCAPES: Record<string, string> = { __: '__underscores__', '.': '__dot__', '-': '__dash__', '/': '__slash__' };

/** A property's name as expressions write it; undefined when none can (k8s.io/apiserver/pkg/cel/escaping.go). */
export function escapeCelName(name: string): string | undefined {
  if (!/^[a-zA-Z_./-][a-zA-Z0-9_./-]*$/.test(name)) return undefined;
  return RESERVED.has(name) ? `__${name}__` : name.replace(/__|[./-]/g, (found) => ESCAPES[found]!);
}
