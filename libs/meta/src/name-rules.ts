import { validateDns1035Label, validateDns1123Label, validateDns1123Subdomain, validatePathSegmentName } from './names.ts';
import type { NameRule } from './resource.ts';

const RULES: Record<Exclude<NameRule, (name: string, prefix: boolean) => string[]>, (name: string) => string[]> = {
  dns1123Subdomain: validateDns1123Subdomain,
  dns1123Label: validateDns1123Label,
  dns1035Label: validateDns1035Label,
  pathSegment: validatePathSegmentName,
};

/** A generateName may end in `-`, as the suffix follows. */
const maskTrailingDash = (name: string): string => (name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name);

/** Texts of what is wrong with a name, or (prefix) with a generateName, under a rule. */
export function validateName(rule: NameRule | undefined, name: string, prefix = false): string[] {
  if (typeof rule === 'function') return rule(name, prefix);
  const check = RULES[rule ?? 'dns1123Subdomain'];
  return check(prefix && rule !== 'pathSegment' ? maskTrailingDash(name) : name);
}
