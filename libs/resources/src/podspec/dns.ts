import { type FieldError, fieldError, type Path } from '@windlass/meta';
import { validIp } from '../fields/ips.ts';
import { dnsSubdomain, textErrors, underscoreSubdomainTexts } from '../fields/names.ts';
import type { HostAlias, PodDNSConfig } from '../types.gen.ts';

const MAX_NAMESERVERS = 3;
const MAX_SEARCHES = 32;
const MAX_SEARCH_LENGTH = 2048;

function validateSearches(searches: readonly string[], at: Path): FieldError[] {
  const errors: FieldError[] = [];
  if (searches.length > MAX_SEARCHES)
    errors.push(fieldError.invalid(at, searches, `must not have more than ${MAX_SEARCHES} search paths`));
  if (searches.join(' ').length > MAX_SEARCH_LENGTH) {
    const detail = `must not have more than ${MAX_SEARCH_LENGTH} characters (including spaces) in the search list`;
    errors.push(fieldError.invalid(at, searches, detail));
  }
  searches.forEach((search, i) => {
    if (search !== '.') errors.push(...textErrors(underscoreSubdomainTexts, search.replace(/\.$/, ''), at.index(i)));
  });
  return errors;
}

/** validatePodDNSConfig */
export function validateDnsConfig(config: PodDNSConfig | undefined, policy: string | undefined, at: Path): FieldError[] {
  if (policy === 'None') {
    if (!config) return [fieldError.required(at, 'must provide `dnsConfig` when `dnsPolicy` is None')];
    if (!config.nameservers?.length) {
      const detail = 'must provide at least one DNS nameserver when `dnsPolicy` is None';
      return [fieldError.required(at.child('nameservers'), detail)];
    }
  }
  if (!config) return [];
  const { nameservers = [], searches = [], options = [] } = config;
  const servers = at.child('nameservers');
  return [
    ...(nameservers.length > MAX_NAMESERVERS
      ? [fieldError.invalid(servers, nameservers, `must not have more than ${MAX_NAMESERVERS} nameservers`)]
      : []),
    ...nameservers.flatMap((server, i) => validIp(server, servers.index(i))),
    ...validateSearches(searches, at.child('searches')),
    ...options.flatMap(({ name }, i) => (name ? [] : [fieldError.required(at.child('options').index(i), 'must not be empty')])),
  ];
}

export const validateHostAliases = (aliases: readonly HostAlias[] | undefined, at: Path): FieldError[] =>
  (aliases ?? []).flatMap(({ ip, hostnames = [] }, i) => {
    const here = at.index(i);
    return [
      ...validIp(ip, here.child('ip')),
      ...hostnames.flatMap((name, j) => dnsSubdomain(name, here.child('hostnames').index(j))),
    ];
  });
