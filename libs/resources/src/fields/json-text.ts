/**
 * The error of encoding/json for a text that is no JSON object, or undefined.
 * @param type name of the Go type that it is read into, for texts that hold something else
 */
export function goJsonError(text: string, type: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return syntaxError(text);
  }
  if (value === null || (typeof value === 'object' && !Array.isArray(value))) return undefined;
  const kind = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  return `json: cannot unmarshal ${kind} into Go value of type ${type}`;
}

const CLOSED = 'unexpected end of JSON input';

function syntaxError(text: string): string {
  const first = text.trimStart();
  if (first === '') return CLOSED;
  if (!/^[[{"\d\-tfn]/.test(first)) return `invalid character ${quoted(first)} looking for beginning of value`;
  const end = /^[[{]/.test(first) && !/[\]}]\s*$/.test(first);
  return end ? CLOSED : `invalid character ${quoted(first.slice(1))} in literal`;
}

const quoted = (text: string): string => {
  const char = [...text][0] ?? '';
  return char === "'" ? `'\\''` : char === '"' ? `'"'` : `'${char}'`;
};
