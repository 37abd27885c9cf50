/** An empty list comes back from Kubernetes' storage as an unset one, which is written as null where it is written at all. */
export function unsetEmpty<K extends string>(holder: { [P in K]?: unknown }, ...lists: K[]): void {
  for (const list of lists) if ((holder[list] as unknown[] | undefined)?.length === 0) Object.assign(holder, { [list]: null });
}
