const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/*
 * Looks into well-formed UTF-8 JSON without insignificant white space, as the API server writes it: parsing an object only to read one field
 * of it costs its whole tree. Plain loops: the strings are too short for a call of indexOf to pay.
 */

/** Where the string ends (exclusive) whose opening quote is at `from`. */
function stringEnd(json: Buffer, from: number): number {
  let at = from + 1;
  while (json[at] !== QUOTE && at < json.length) at += json[at] === BACKSLASH ? 2 : 1;
  return at + 1;
}

/** Where the value that begins at `from` ends (exclusive). */
export function valueEnd(json: Buffer, from: number): number {
  let depth = 0;
  for (let at = from; at < json.length; ) {
    const byte = json[at];
    if (byte === QUOTE) {
      at = stringEnd(json, at);
      if (depth === 0) return at;
      continue;
    }
    if (byte === OPEN || byte === OPEN_LIST) depth++;
    else if (byte === CLOSE || byte === CLOSE_LIST) {
      // Of what is around a number or a literal.
      if (depth === 0) return at;
      if (--depth === 0) return at + 1;
    } else if (byte === COMMA && depth === 0) return at;
    at++;
  }
  return json.length;
}

/** Where the value of a member begins, of the object that begins at `from`; -1 when there is no such member or no object. */
function memberOf(json: Buffer, from: number, key: string): number {
  if (json[from] !== OPEN) return -1;
  for (let at = from + 1; json[at] === QUOTE; ) {
    const end = stringEnd(json, at);
    if (end - at - 2 === key.length && json.toString('latin1', at + 1, end - 1) === key) return end + 1;
    at = valueEnd(json, end + 1);
    if (json[at] === COMMA) at++;
  }
  return -1;
}

/** The string at a path of members (ASCII names) of a JSON object; '' when there is none, or another type of value. */
export function stringAt(json: Buffer, path: readonly string[]): string {
  // Most objects that lack the field do not even mention it.
  if (!json.includes(`"${path.at(-1)}":"`)) return '';
  let at = 0;
  for (const key of path) {
    at = memberOf(json, at, key);
    if (at < 0) return '';
  }
  return json[at] === QUOTE ? (JSON.parse(json.toString('utf8', at, stringEnd(json, at))) as string) : '';
}
