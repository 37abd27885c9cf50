/** Tokens of a label selector, as k8s.io/apimachinery/pkg/labels lexes it: every name may also be an operator word. */
export interface Token {
  kind: 'end' | 'word' | 'in' | 'notin' | '!' | '=' | '==' | '!=' | '<' | '>' | '(' | ')' | ',' | 'error';
  text: string;
}

const SYMBOLS = new Set(['=', '!', '(', ')', ',', '>', '<']);
const OPERATORS = new Set(['!', '=', '==', '!=', '<', '>', '(', ')', ',']);
const isSpace = (char: string): boolean => char === ' ' || char === '\t' || char === '\r' || char === '\n';

export function lexSelector(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text[at] as string;
    if (isSpace(char)) {
      at++;
      continue;
    }
    const start = at;
    if (SYMBOLS.has(char)) {
      // The longest run of symbols that is still an operator wins; `=!` is `=` then `!`.
      let length = 1;
      if (OPERATORS.has(text.slice(at, at + 2))) length = 2;
      at += length;
      tokens.push({ kind: text.slice(start, at) as Token['kind'], text: text.slice(start, at) });
      continue;
    }
    while (at < text.length && !SYMBOLS.has(text[at] as string) && !isSpace(text[at] as string)) at++;
    const word = text.slice(start, at);
    tokens.push({ kind: word === 'in' || word === 'notin' ? word : 'word', text: word });
  }
  tokens.push({ kind: 'end', text: '' });
  return tokens;
}
