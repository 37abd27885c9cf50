import { LineCounter, parseAllDocuments, type Tags, type YAMLError } from 'yaml';
import type { ParsedText } from './json.ts';

export class YamlSyntaxError extends Error {
  override name = 'YamlSyntaxError';
}

/** Dates, sexagesimal numbers and the collection tags stay plain strings, as in sigs.k8s.io/yaml; yes/no/on/off are booleans. */
const customTags = (tags: Tags): Tags =>
  tags.filter((tag) => {
    if (typeof tag === 'string') return true;
    if ('format' in tag && tag.format === 'TIME') return false;
    return ![
      'tag:yaml.org,2002:timestamp',
      'tag:yaml.org,2002:omap',
      'tag:yaml.org,2002:pairs',
      'tag:yaml.org,2002:set',
    ].includes(tag.tag);
  });

const TEXTS: Partial<Record<YAMLError['code'], string>> = {
  TAB_AS_INDENT: 'found a tab character that violates indentation',
  BLOCK_AS_IMPLICIT_KEY: 'mapping values are not allowed in this context',
  BAD_ALIAS: 'unknown anchor referenced',
  MULTILINE_IMPLICIT_KEY: "could not find expected ':'",
  MISSING_CHAR: 'did not find expected node content',
};

/** A flow collection that the end of the text leaves open: libyaml complains on the line after the last. */
function openFlowText(error: YAMLError, text: string): string | undefined {
  const collection = /^Flow (map|sequence)\b.* end with a/.exec(error.message)?.[1];
  if (!collection) return undefined;
  const wantsNode = /[[{,:]\s*$/.test(text);
  const what = wantsNode ? 'node content' : `',' or '${collection === 'map' ? '}' : ']'}'`;
  const line = text.replace(/\n$/, '').split('\n').length;
  return `yaml: line ${line}: did not find expected ${what}`;
}

function errorText(error: YAMLError, text: string): string {
  const open = openFlowText(error, text);
  if (open) return open;
  const what = TEXTS[error.code] ?? (error.message.split('\n')[0] as string).replace(/ at line \d+, column \d+:?$/, '');
  const line = error.linePos?.[0].line ?? 1;
  return line > 1 ? `yaml: line ${line}: ${what}` : `yaml: ${what}`;
}

/** JSON has string keys only; Go's decoder sees numbers where YAML has them. */
function toJson(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(toJson);
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, child]) => [String(key), toJson(child)]));
  if (typeof value === 'object' && value !== null) {
    for (const [key, child] of Object.entries(value)) (value as Record<string, unknown>)[key] = toJson(child);
  }
  return value;
}

/** The first document of a YAML text as JSON would give it; null when there is none. @throws YamlSyntaxError */
export function parseYaml(text: string): ParsedText {
  const lineCounter = new LineCounter();
  const documents = parseAllDocuments(text, { version: '1.1', merge: true, customTags, lineCounter, prettyErrors: true });
  const first = Array.isArray(documents)
    ? documents.find((document) => document.contents !== null || document.errors.length > 0)
    : undefined;
  if (!first) return { value: null, problems: [] };
  const problems: string[] = [];
  for (const error of first.errors) {
    if (error.code !== 'DUPLICATE_KEY') throw new YamlSyntaxError(errorText(error, text));
    const line = lineCounter.linePos(error.pos[0]).line;
    const key = /^[^\s:]+/.exec(text.slice(error.pos[0]).replace(/^["']/, ''))?.[0].replace(/["']$/, '') ?? '';
    problems.push(`line ${line}: key ${JSON.stringify(key)} already set in map`);
  }
  try {
    return { value: toJson(first.toJS({ maxAliasCount: 100 })), problems };
  } catch (error) {
    throw new YamlSyntaxError(`yaml: ${(error as Error).message}`);
  }
}
