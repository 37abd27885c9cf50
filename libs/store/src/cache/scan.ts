const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** Where the JSON object that begins at `from` ends (exclusive), in well-formed UTF-8 JSON without insignificant white space. */
export function valueEnd(json: Buffer, from: number): number {
  let depth = 0;
  for (let at = from; at < json.length; at++) {
    const byte = json[at];
    if (byte === QUOTE) {
      at = json.indexOf(QUOTE, at + 1);
      while (escaped(json, at)) at = json.indexOf(QUOTE, at + 1);
    } else if (byte === OPEN) depth++;
    else if (byte === CLOSE && --depth === 0) return at + 1;
  }
  return json.length;
}

/** Whether an odd number of backslashes stands before. */
function escaped(json: Buffer, at: number): boolean {
  let before = at;
  while (json[before - 1] === BACKSLASH) before--;
  return (at - before) % 2 === 1;
}
