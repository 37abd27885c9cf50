import {
  type LabelOperator,
  type LabelRequirement,
  matchesRequirement,
  newRequirement,
  requirementText,
  SelectorError,
  unknownOperator,
} from './label-requirement.ts';
import { lexSelector, type Token } from './selector-lexer.ts';

export { type LabelOperator, type LabelRequirement, SelectorError } from './label-requirement.ts';

/** meta/v1 LabelSelector. */
export interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

/** Requirements that must all hold; none matches everything. */
export class LabelMatcher {
  readonly requirements: readonly LabelRequirement[];

  constructor(requirements: readonly LabelRequirement[]) {
    this.requirements = requirements;
  }

  get empty(): boolean {
    return this.requirements.length === 0;
  }

  matches(labels: Record<string, string> | undefined): boolean {
    for (const requirement of this.requirements) if (!matchesRequirement(requirement, labels)) return false;
    return true;
  }

  /** The string grammar again: `a=b,c in (d,e),!f`. */
  toString(): string {
    return this.requirements.map(requirementText).join(',');
  }
}

class NothingMatcher extends LabelMatcher {
  override matches(): boolean {
    return false;
  }
}

export const MATCH_EVERYTHING = new LabelMatcher([]);
export const MATCH_NOTHING: LabelMatcher = new NothingMatcher([]);

const byKey = (a: LabelRequirement, b: LabelRequirement): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

class Parser {
  private at = 0;
  private readonly tokens: Token[];
  constructor(text: string) {
    this.tokens = lexSelector(text);
  }

  /** In value position the words in and notin are plain identifiers. */
  private look(values = false): Token {
    const token = this.tokens[Math.min(this.at, this.tokens.length - 1)] as Token;
    return values && (token.kind === 'in' || token.kind === 'notin') ? { kind: 'word', text: token.text } : token;
  }

  private take(values = false): Token {
    const token = this.look(values);
    this.at++;
    return token;
  }

  parse(): LabelRequirement[] {
    const requirements: LabelRequirement[] = [];
    for (;;) {
      const token = this.look(true);
      if (token.kind === 'end') return requirements;
      if (token.kind !== 'word' && token.kind !== '!') {
        throw new SelectorError(`found '${token.text}', expected: !, identifier, or 'end of string'`);
      }
      try {
        requirements.push(this.requirement());
      } catch (error) {
        throw new SelectorError(`unable to parse requirement: ${(error as Error).message}`);
      }
      const separator = this.take();
      if (separator.kind === 'end') return requirements;
      if (separator.kind !== ',') throw new SelectorError(`found '${separator.text}', expected: ',' or 'end of string'`);
      const next = this.look(true);
      if (next.kind !== 'word' && next.kind !== '!') {
        throw new SelectorError(`found '${next.text}', expected: identifier after ','`);
      }
    }
  }

  private requirement(): LabelRequirement {
    const negated = this.look(true).kind === '!';
    if (negated) this.take();
    const key = this.take(true);
    if (key.kind !== 'word') throw new SelectorError(`found '${key.text}', expected: identifier`);
    newRequirement(key.text, 'exists', []);
    const next = this.look(true);
    if (negated) return newRequirement(key.text, '!', []);
    if (next.kind === 'end' || next.kind === ',') return newRequirement(key.text, 'exists', []);
    const operator = this.operator();
    const values = operator === 'in' || operator === 'notin' ? this.valueSet() : [this.exactValue()];
    return newRequirement(key.text, operator, values);
  }

  private operator(): LabelOperator {
    const token = this.take();
    switch (token.kind) {
      case 'in':
      case 'notin':
      case '=':
      case '==':
      case '!=':
        return token.kind;
      case '>':
        return 'gt';
      case '<':
        return 'lt';
      default:
        throw new SelectorError(`found '${token.text}', expected: in, notin, =, ==, !=, gt, lt`);
    }
  }

  private valueSet(): string[] {
    const open = this.take(true);
    if (open.kind !== '(') throw new SelectorError(`found '${open.text}' expected: '('`);
    const first = this.look(true);
    if (first.kind === 'word' || first.kind === ',') {
      const values = this.identifiers();
      const close = this.take();
      if (close.kind !== ')') throw new SelectorError(`found '${close.text}', expected: ')'`);
      return values;
    }
    if (first.kind === ')') {
      this.take();
      return [''];
    }
    throw new SelectorError(`found '${first.text}', expected: ',', ')' or identifier`);
  }

  private identifiers(): string[] {
    const values = new Set<string>();
    for (;;) {
      const token = this.take(true);
      if (token.kind === 'word') {
        values.add(token.text);
        const next = this.look(true);
        if (next.kind === ')') return [...values];
        if (next.kind !== ',') throw new SelectorError(`found '${next.text}', expected: ',' or ')'`);
      } else if (token.kind === ',') {
        if (values.size === 0) values.add('');
        const next = this.look(true);
        if (next.kind === ')') {
          values.add('');
          return [...values];
        }
        if (next.kind === ',') {
          this.take(true);
          values.add('');
        }
      } else {
        throw new SelectorError(`found '${token.text}', expected: ',', or identifier`);
      }
    }
  }

  private exactValue(): string {
    const next = this.look(true);
    if (next.kind === 'end' || next.kind === ',') return '';
    const token = this.take(true);
    if (token.kind !== 'word') throw new SelectorError(`found '${token.text}', expected: identifier`);
    return token.text;
  }
}

/** Reads a `labelSelector` parameter. '' matches everything. @throws SelectorError with Kubernetes' text */
export function parseLabelSelector(text: string): LabelMatcher {
  if (text === '') return MATCH_EVERYTHING;
  return new LabelMatcher(new Parser(text).parse().sort(byKey));
}

const EXPRESSION_OPERATORS: Record<string, LabelOperator> = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: '!' };

/** LabelSelectorAsSelector: absent matches nothing, empty everything. @throws SelectorError */
export function labelSelectorMatcher(selector: LabelSelector | undefined | null): LabelMatcher {
  if (!selector) return MATCH_NOTHING;
  const requirements = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => newRequirement(key, '=', [value]));
  for (const { key, operator, values } of selector.matchExpressions ?? []) {
    const known = Object.hasOwn(EXPRESSION_OPERATORS, operator) ? EXPRESSION_OPERATORS[operator] : undefined;
    if (!known) throw unknownOperator(operator);
    requirements.push(newRequirement(key, known, [...(values ?? [])]));
  }
  return new LabelMatcher(requirements.sort(byKey));
}

/** A plain map as selector (services, replication controllers): absent or empty matches nothing unless `emptyMatches`. */
export function labelsMatcher(labels: Record<string, string> | undefined | null, emptyMatches = false): LabelMatcher {
  const entries = Object.entries(labels ?? {});
  if (entries.length === 0) return emptyMatches ? MATCH_EVERYTHING : MATCH_NOTHING;
  return new LabelMatcher(entries.map(([key, value]): LabelRequirement => ({ key, operator: '=', values: [value] })).sort(byKey));
}

/** FormatLabelSelector: the text in table cells and Scale status; `<none>` when empty, `<error>` when unreadable. */
export function formatLabelSelector(selector: LabelSelector | undefined | null): string {
  try {
    return labelSelectorMatcher(selector).toString() || '<none>';
  } catch {
    return '<error>';
  }
}
