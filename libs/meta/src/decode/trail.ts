/** Where a walker is: a linked path, so that going down costs one small object and nothing is formatted until there is an error. */
export interface Trail {
  parent: Trail | undefined;
  key: string | number;
  /** Map keys and indexes do not count as Go struct fields. */
  field: boolean;
}

/** `spec.containers[0].image`, as strict decoding prints it. */
export function trailText(trail: Trail | undefined, last?: string): string {
  let text = last ?? '';
  for (let at = trail; at; at = at.parent) {
    if (typeof at.key === 'number') text = `[${at.key}]${text === '' || text.startsWith('[') ? '' : '.'}${text}`;
    else text = text === '' ? at.key : text.startsWith('[') ? `${at.key}${text}` : `${at.key}.${text}`;
  }
  return text;
}

/** `spec.containers.image`, as encoding/json prints a struct field's place. */
export function fieldsText(trail: Trail | undefined): string {
  const names: string[] = [];
  for (let at = trail; at; at = at.parent) if (at.field) names.unshift(String(at.key));
  return names.join('.');
}
