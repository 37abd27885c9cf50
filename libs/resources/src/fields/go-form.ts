/** One field of a Go struct: its JSON name, what Go prints when it is unset, and the struct that it holds (or a list of). */
export interface GoField {
  json: string;
  go: string;
  zero: unknown;
  shape?: GoShape;
}

/** The fields of an internal Go type in their order. */
export type GoShape = readonly GoField[];

/** A field whose Go name is its JSON name with a capital; `zero` default null, as of pointers, lists and maps. */
export const goField = (json: string, zero: unknown = null, shape?: GoShape): GoField => ({
  json,
  go: json.charAt(0).toUpperCase() + json.slice(1),
  zero,
  ...(shape ? { shape } : {}),
});

/** How Go prints a value of an internal type, which has no JSON names: `{"Name":"x","Count":0}`. For errors that show whole structs. */
export function goForm(value: unknown, shape: GoShape): unknown {
  if (Array.isArray(value)) return value.map((item) => goForm(item, shape));
  const from = (value ?? {}) as Record<string, unknown>;
  return Object.fromEntries(
    shape.map(({ json, go, zero, shape: inner }) => {
      const found = from[json];
      return [go, found === undefined ? zero : inner ? goForm(found, inner) : found];
    }),
  );
}
