import { SelectorError } from './label-requirement.ts';

export interface FieldRequirement {
  field: string;
  operator: '=' | '!=';
  value: string;
}

/** `\` escapes `\`, `,` and `=` in values. */
function unescapeValue(text: string): string {
  if (!/[\\,=]/.test(text)) return text;
  let out = '';
  for (let i = 0; i < text.length; i++) {
    const char = text[i] as string;
    if (char === '\\') {
      const next = text[++i];
      if (next !== '\\' && next !== ',' && next !== '=') {
        throw new SelectorError(`invalid field selector: invalid escape sequence: ${next === undefined ? '\\' : `\\${next}`}`);
      }
      out += next;
    } else if (char === ',' || char === '=') {
      throw new SelectorError(`invalid field selector: unescaped character in value: ${char}`);
    } else out += char;
  }
  return out;
}

export const escapeFieldValue = (text: string): string => text.replace(/[\\,=]/g, '\\$&');

function splitTerms(text: string): string[] {
  const terms: string[] = [];
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === ',') {
      terms.push(text.slice(start, i));
      start = i + 1;
    }
  }
  terms.push(text.slice(start));
  return terms;
}

/** Requirements on fields that must all hold. */
export class FieldMatcher {
  readonly requirements: readonly FieldRequirement[];

  constructor(requirements: readonly FieldRequirement[]) {
    this.requirements = requirements;
  }

  get empty(): boolean {
    return this.requirements.length === 0;
  }

  /** `read` gives the value of a field label ('' when unset). */
  matches(read: (field: string) => string): boolean {
    return this.requirements.every(({ field, operator, value }) => (read(field) === value) === (operator === '='));
  }

  /** The value that `field` must equal, if one is demanded (metadata.name=x, spec.nodeName=y). */
  exact(field: string): string | undefined {
    return this.requirements.find((requirement) => requirement.field === field && requirement.operator === '=')?.value;
  }

  toString(): string {
    return this.requirements.map(({ field, operator, value }) => `${field}${operator}${escapeFieldValue(value)}`).join(',');
  }
}

/** Reads a `fieldSelector` parameter: `a=b,c!=d`. Which fields exist is the caller's matter. @throws SelectorError */
export function parseFieldSelector(text: string): FieldMatcher {
  const requirements: FieldRequirement[] = [];
  for (const term of splitTerms(text)) {
    if (term === '') continue;
    const found = /^((?:[^=!\\]|\\.|!(?!=))*?)(!=|==|=)([\s\S]*)$/.exec(term);
    if (!found) throw new SelectorError(`invalid selector: '${text}'; can't understand '${term}'`);
    requirements.push({
      field: found[1] as string,
      operator: found[2] === '!=' ? '!=' : '=',
      value: unescapeValue(found[3] as string),
    });
  }
  return new FieldMatcher(requirements);
}
