import { RE2JS } from 're2js';
import { CelError } from '../errors.ts';
import { type CallContext, Library } from '../functions.ts';

const KEPT = 500;
const compiled = new Map<string, RE2JS>();

/** RE2: linear in the length of the text, whatever the pattern. @throws CelError */
function pattern(source: string): RE2JS {
  let found = compiled.get(source);
  if (!found) {
    try {
      found = RE2JS.compile(source);
    } catch (error) {
      throw new CelError(`error parsing regexp: ${(error as Error).message.replace(/^error parsing regexp: /, '')}`);
    }
    if (compiled.size >= KEPT) compiled.clear();
    compiled.set(source, found);
  }
  return found;
}

/** What is wrong with an RE2 pattern, in Go's words; undefined when nothing is. */
export function regexpError(source: string): string | undefined {
  try {
    pattern(source);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

const charge = (context: CallContext, text: string, source: string): void =>
  context.charge(Math.ceil((text.length + 1) * 0.1) * Math.ceil(source.length * 0.25));

function findAll(text: string, source: string, limit: number): string[] {
  const matcher = pattern(source).matcher(text);
  const found: string[] = [];
  while ((limit < 0 || found.length < limit) && matcher.find()) found.push(matcher.group() ?? '');
  return found;
}

/** matches of the standard, find and findAll of Kubernetes. */
export const regex = new Library();
for (const signature of ['(string, string): bool', 'string.(string): bool'])
  regex.defWith('matches', signature, ([text, source], context) => {
    charge(context, text as string, source as string);
    return pattern(source as string)
      .matcher(text as string)
      .find();
  });
regex
  .defWith('find', 'string.(string): string', ([text, source], context) => {
    charge(context, text as string, source as string);
    return findAll(text as string, source as string, 1)[0] ?? '';
  })
  .defWith('findAll', 'string.(string): list(string)', ([text, source], context) => {
    charge(context, text as string, source as string);
    return findAll(text as string, source as string, -1);
  })
  .defWith('findAll', 'string.(string, int): list(string)', ([text, source, limit], context) => {
    charge(context, text as string, source as string);
    return findAll(text as string, source as string, Number(limit));
  });
