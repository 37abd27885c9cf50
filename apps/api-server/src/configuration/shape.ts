/** The fields that a configuration file may have: of objects by name, of lists in a list of one, `true` for anything else. */
export type Shape = true | { [field: string]: Shape } | readonly [Shape];

/** `unknown field "jwt[0].issuer.urls"` and what is of another type, in the order of the file. */
export function shapeErrors(value: unknown, shape: Shape, at = ''): string[] {
  if (shape === true || value === undefined || value === null) return [];
  if (Array.isArray(shape)) {
    if (!Array.isArray(value)) return [`${at}: want a list`];
    return value.flatMap((item, i) => shapeErrors(item, shape[0] as Shape, `${at}[${i}]`));
  }
  if (typeof value !== 'object' || Array.isArray(value)) return [`${at || 'the file'}: want an object`];
  return Object.entries(value).flatMap(([field, inner]) => {
    const path = at ? `${at}.${field}` : field;
    const known = (shape as Record<string, Shape>)[field];
    return known === undefined ? [`unknown field ${JSON.stringify(path)}`] : shapeErrors(inner, known, path);
  });
}
