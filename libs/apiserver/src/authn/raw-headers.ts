/** All values of a header, in order and unjoined; `rawHeaders` alternates names and values. */
export function headerValues(rawHeaders: readonly string[], name: string): string[] {
  const values: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) if (rawHeaders[i]!.toLowerCase() === name) values.push(rawHeaders[i + 1]!);
  return values;
}

/** Values of every header that starts with `prefix`, by the rest of its name: lower case, percent-decoded as user extras are. */
export function prefixedHeaders(rawHeaders: readonly string[], prefix: string): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toLowerCase();
    if (!name.startsWith(prefix) || name.length === prefix.length) continue;
    const key = decoded(name.slice(prefix.length));
    found[key] = [...(found[key] ?? []), rawHeaders[i + 1]!];
  }
  return found;
}

function decoded(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}
