/**
 * A JSON reader with encoding/json's error texts that also names repeated members. Several times slower than JSON.parse:
 * used only when JSON.parse refused the text or members are known to repeat.
 */
export class JsonSyntaxError extends Error {
  override name = 'JsonSyntaxError';
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const ESCAPES: Record<string, string> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

const charText = (char: string): string => {
  if (char === "'") return `'\\''`;
  if (char === '"') return `'"'`;
  // Go looks at bytes: of a character beyond ASCII it names the first byte as Latin-1.
  const byte = Buffer.from(char, 'utf8')[0] as number;
  if (byte >= 0x80) return `'${String.fromCharCode(byte)}'`;
  return byte < 0x20 ? `'${JSON.stringify(char).slice(1, -1)}'` : `'${char}'`;
};

export class GoJsonReader {
  private readonly text: string;
  private at = 0;
  /** Paths of repeated members in the order met: `metadata.name`, `items[0].x`. */
  readonly duplicates: string[] = [];

  constructor(text: string) {
    this.text = text;
  }

  /** @throws JsonSyntaxError */
  read(): unknown {
    const value = this.value('');
    this.space();
    if (this.at < this.text.length) this.fail('after top-level value');
    return value;
  }

  private space(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return;
      this.at++;
    }
  }

  private fail(where: string): never {
    if (this.at >= this.text.length) throw new JsonSyntaxError('unexpected end of JSON input');
    const char = String.fromCodePoint(this.text.codePointAt(this.at) as number);
    throw new JsonSyntaxError(`invalid character ${charText(char)} ${where}`);
  }

  private value(path: string, previous?: unknown): unknown {
    this.space();
    const char = this.text[this.at];
    switch (char) {
      case '{':
        return this.object(path, previous);
      case '[':
        return this.array(path);
      case '"':
        return this.string();
      case 't':
        return this.literal('true', true);
      case 'f':
        return this.literal('false', false);
      case 'n':
        return this.literal('null', null);
    }
    return this.number();
  }

  private literal<T>(word: string, value: T): T {
    for (let i = 1; i < word.length; i++) {
      this.at++;
      if (this.text[this.at] !== word[i]) this.fail(`in literal ${word} (expecting '${word[i]}')`);
    }
    this.at++;
    return value;
  }

  private number(): number {
    NUMBER.lastIndex = this.at;
    const found = NUMBER.exec(this.text);
    if (!found) {
      if (this.text[this.at] === '-') {
        this.at++;
        this.fail('in numeric literal');
      }
      this.fail('looking for beginning of value');
    }
    this.at += found[0].length;
    return Number(found[0]);
  }

  private string(): string {
    let out = '';
    let from = ++this.at;
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (Number.isNaN(code)) this.fail('');
      if (code < 0x20) this.fail('in string literal');
      if (code === 0x22) {
        out += this.text.slice(from, this.at++);
        return out;
      }
      this.at++;
      if (code !== 0x5c) continue;
      out += this.text.slice(from, this.at - 1);
      const letter = this.text[this.at];
      if (letter === 'u') {
        for (let i = 1; i <= 4; i++) {
          if (!/[0-9a-fA-F]/.test(this.text[this.at + i] ?? '')) {
            this.at += i;
            this.fail('in \\u hexadecimal character escape');
          }
        }
        out += String.fromCharCode(Number.parseInt(this.text.slice(this.at + 1, this.at + 5), 16));
        this.at += 5;
      } else {
        const plain = letter === undefined ? undefined : ESCAPES[letter];
        if (plain === undefined) this.fail('in string escape code');
        out += plain;
        this.at++;
      }
      from = this.at;
    }
  }

  private array(path: string): unknown[] {
    const out: unknown[] = [];
    this.at++;
    this.space();
    if (this.text[this.at] === ']') {
      this.at++;
      return out;
    }
    for (;;) {
      out.push(this.value(`${path}[${out.length}]`));
      this.space();
      const char = this.text[this.at];
      if (char !== ',' && char !== ']') this.fail('after array element');
      this.at++;
      if (char === ']') return out;
    }
  }

  /** A repeated object member is decoded into the first one's value, as Go does with structs and maps. */
  private object(path: string, previous: unknown): Record<string, unknown> {
    const merge = typeof previous === 'object' && previous !== null && !Array.isArray(previous);
    const out: Record<string, unknown> = merge ? (previous as Record<string, unknown>) : {};
    const seen = new Set<string>();
    this.at++;
    this.space();
    if (this.text[this.at] === '}') {
      this.at++;
      return out;
    }
    for (;;) {
      this.space();
      if (this.text[this.at] !== '"') this.fail('looking for beginning of object key string');
      const key = this.string();
      this.space();
      if (this.text[this.at] !== ':') this.fail('after object key');
      this.at++;
      const here = path ? `${path}.${key}` : key;
      const repeated = seen.has(key);
      if (repeated) this.duplicates.push(here);
      seen.add(key);
      const value = this.value(here, repeated ? out[key] : undefined);
      Object.defineProperty(out, key, { value, writable: true, enumerable: true, configurable: true });
      this.space();
      const char = this.text[this.at];
      if (char !== ',' && char !== '}') this.fail('after object key:value pair');
      this.at++;
      if (char === '}') return out;
    }
  }
}
