import { GoJsonReader } from './go-json.ts';

export { JsonSyntaxError } from './go-json.ts';

export interface ParsedText {
  value: unknown;
  /** `duplicate field "x"`, `line 9: key "x" already set in map`: errors under strict field validation, warnings otherwise. */
  problems: string[];
}

/** Object members written in the text: strings that a colon follows. Jumps from quote to quote, so it costs less than parsing. */
function countMembers(text: string): number {
  let members = 0;
  let at = text.indexOf('"');
  while (at >= 0) {
    let end = text.indexOf('"', at + 1);
    while (end > 0 && text.charCodeAt(end - 1) === 92) {
      let slashes = 1;
      while (text.charCodeAt(end - 1 - slashes) === 92) slashes++;
      if (slashes % 2 === 0) break;
      end = text.indexOf('"', end + 1);
    }
    if (end < 0) return members;
    let next = end + 1;
    let code = text.charCodeAt(next);
    while (code === 32 || code === 10 || code === 13 || code === 9) code = text.charCodeAt(++next);
    if (code === 58) members++;
    at = text.indexOf('"', next);
  }
  return members;
}

function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object') count += countKeys(item);
    return count;
  }
  for (const key in value) {
    count++;
    const child = (value as Record<string, unknown>)[key];
    if (typeof child === 'object') count += countKeys(child);
  }
  return count;
}

/** JSON with Go's errors and the paths of repeated fields; the good case costs JSON.parse and one count. @throws JsonSyntaxError */
export function parseJson(text: string): ParsedText {
  let value: unknown;
  let slow = false;
  try {
    value = JSON.parse(text);
    slow = countMembers(text) !== countKeys(value);
  } catch {
    slow = true;
  }
  if (!slow) return { value, problems: [] };
  const reader = new GoJsonReader(text);
  value = reader.read();
  return { value, problems: reader.duplicates.map((field) => `duplicate field ${JSON.stringify(field)}`) };
}
