import { X509Certificate } from 'node:crypto';
import { type CelProgram, type FieldError, fieldError, type Path } from '@windlass/meta';
import { domainPrefixedPath } from '@windlass/resources';
import type { JwtIssuer, PrefixedClaim } from './configuration.ts';
import { compileExpression, type Root, type Wanted } from './expressions.ts';

/** A claim that is read, or an expression that is evaluated. */
export type Mapping = { claim: string; prefix: string } | { program: CelProgram };

/** A JWT issuer of which nothing is left to check. */
export interface CompiledIssuer {
  issuer: JwtIssuer['issuer'];
  claimRules: ({ claim: string; requiredValue: string } | { program: CelProgram; message: string })[];
  username: Mapping;
  groups?: Mapping;
  uid?: Mapping;
  extra: { key: string; program: CelProgram }[];
  userRules: { program: CelProgram; message: string }[];
}

const EMAIL_RULE =
  'claims.email_verified must be used in claimMappings.username.expression or claimMappings.extra[*].valueExpression or claimValidationRules[*].expression when claims.email is used in claimMappings.username.expression';

/** Whether a tree holds `claims.FIELD`, however it is spelt. */
function selects(tree: unknown, field: string): boolean {
  if (typeof tree !== 'object' || tree === null) return false;
  const node = tree as { kind?: string; field?: string; operand?: { kind?: string; name?: string } };
  if (node.kind === 'select' && node.field === field && node.operand?.kind === 'ident' && node.operand.name === 'claims')
    return true;
  return Object.values(node).some((inner) => selects(inner, field));
}

function urlErrors(url: string, at: Path): FieldError[] {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return [fieldError.invalid(at, url, 'URL scheme must be https')];
  }
  const wrong = (is: boolean, text: string) => (is ? [fieldError.invalid(at, url, text)] : []);
  return [
    ...wrong(parsed.protocol !== 'https:', 'URL scheme must be https'),
    ...wrong(Boolean(parsed.username || parsed.password), 'URL must not contain a username or password'),
    ...wrong(parsed.search !== '', 'URL must not contain a query'),
    ...wrong(parsed.hash !== '', 'URL must not contain a fragment'),
  ];
}

function audienceErrors({ audiences = [], audienceMatchPolicy = '' }: Partial<JwtIssuer['issuer']>, at: Path): FieldError[] {
  const list = at.child('audiences');
  const policy = at.child('audienceMatchPolicy');
  if (audiences.length === 0) return [fieldError.required(list, `at least one ${list} is required`)];
  const errors = audiences.flatMap((audience, i) => [
    ...(audience ? [] : [fieldError.required(list.index(i))]),
    ...(audiences.indexOf(audience) < i ? [fieldError.duplicate(list.index(i), audience)] : []),
  ]);
  if (audienceMatchPolicy === 'MatchAny' || (audiences.length === 1 && audienceMatchPolicy === '')) return errors;
  const text =
    audiences.length > 1
      ? 'audienceMatchPolicy must be MatchAny for multiple audiences'
      : 'audienceMatchPolicy must be empty or MatchAny for single audience';
  return [...errors, fieldError.invalid(policy, audienceMatchPolicy, text)];
}

function issuerErrors(issuer: Partial<JwtIssuer['issuer']>, at: Path, disallowed: readonly string[]): FieldError[] {
  const { url = '', discoveryURL, certificateAuthority, egressSelectorType } = issuer;
  const errors: FieldError[] = [];
  const trimmed = (text: string) => text.replace(/\/+$/, '');
  if (!url) errors.push(fieldError.required(at.child('url')));
  else {
    if (disallowed.includes(url))
      errors.push(
        fieldError.invalid(at.child('url'), url, `URL must not overlap with disallowed issuers: [${disallowed.join(' ')}]`),
      );
    errors.push(...urlErrors(url, at.child('url')));
  }
  if (discoveryURL) {
    const there = at.child('discoveryURL');
    if (url && trimmed(url) === trimmed(discoveryURL))
      errors.push(fieldError.invalid(there, discoveryURL, 'discoveryURL must be different from URL'));
    errors.push(...urlErrors(discoveryURL, there));
  }
  errors.push(...audienceErrors(issuer, at));
  if (certificateAuthority) {
    try {
      new X509Certificate(certificateAuthority);
    } catch {
      const text = 'data does not contain any valid RSA or ECDSA certificates';
      errors.push(fieldError.invalid(at.child('certificateAuthority'), '<omitted>', text));
    }
  }
  if (egressSelectorType)
    errors.push(fieldError.forbidden(at.child('egressSelectorType'), 'this server has no egress selectors'));
  return errors;
}

/**
 * Checks an issuer of the configuration and compiles its expressions.
 * (k8s.io/apiserver/pkg/apis/apiserver/validation ValidateAuthenticationConfiguration)
 * @param disallowed issuers of whom the server's own tokens are
 */
export function compileIssuer(
  jwt: JwtIssuer,
  at: Path,
  disallowed: readonly string[] = [],
): { compiled: CompiledIssuer; errors: FieldError[] } {
  const errors = issuerErrors(jwt.issuer ?? {}, at.child('issuer'), disallowed);
  const compile = (source: string, there: Path, root: Root, wanted: Wanted): CelProgram | undefined => {
    try {
      return compileExpression(source, root, wanted);
    } catch (error) {
      errors.push(fieldError.invalid(there, source, (error as Error).message));
      return undefined;
    }
  };

  const claimRules: CompiledIssuer['claimRules'] = [];
  const seen = new Set<string>();
  for (const [i, { claim, requiredValue, expression, message }] of (jwt.claimValidationRules ?? []).entries()) {
    const there = at.child('claimValidationRules').index(i);
    const what = claim ? 'claim' : 'expression';
    if (claim && expression) errors.push(fieldError.invalid(there, claim, "claim and expression can't both be set"));
    else if (!claim && !expression) errors.push(fieldError.required(there, 'claim or expression is required'));
    else if (seen.has(`${what} ${claim ?? expression}`))
      errors.push(fieldError.duplicate(there.child(what), claim ?? expression));
    else if (claim) {
      if (message) errors.push(fieldError.invalid(there.child('message'), message, 'may not be specified when claim is set'));
      claimRules.push({ claim, requiredValue: requiredValue ?? '' });
    } else {
      if (requiredValue)
        errors.push(
          fieldError.invalid(there.child('requiredValue'), requiredValue, 'may not be specified when expression is set'),
        );
      const program = compile(expression!, there.child('expression'), 'claims', 'bool');
      if (program) claimRules.push({ program, message: message ?? '' });
    }
    seen.add(`${what} ${claim ?? expression}`);
  }

  const maps = at.child('claimMappings');
  const mappings: Partial<JwtIssuer['claimMappings']> = jwt.claimMappings ?? {};
  const mapping = (of: PrefixedClaim | undefined, name: string, wanted: Wanted, required: boolean): Mapping | undefined => {
    const there = maps.child(name);
    const { claim, prefix, expression } = of ?? {};
    if (claim && expression) errors.push(fieldError.invalid(there, '', "claim and expression can't both be set"));
    else if (expression) {
      if (prefix !== undefined)
        errors.push(fieldError.invalid(there.child('prefix'), prefix, 'may not be specified when expression is set'));
      const program = compile(expression, there.child('expression'), 'claims', wanted);
      if (program) return { program };
    } else if (claim) {
      if (prefix === undefined && name !== 'uid')
        errors.push(
          fieldError.required(
            there.child('prefix'),
            'prefix is required when claim is set. It can be set to an empty string to disable prefixing',
          ),
        );
      return { claim, prefix: prefix ?? '' };
    } else if (required) errors.push(fieldError.required(there, 'claim or expression is required'));
    return undefined;
  };
  const username = mapping(mappings.username, 'username', 'string', true);
  const groups = mapping(mappings.groups, 'groups', 'strings', false);
  const uid = mapping(mappings.uid, 'uid', 'string', false);

  const extra: CompiledIssuer['extra'] = [];
  for (const [i, { key = '', valueExpression }] of (mappings.extra ?? []).entries()) {
    const there = maps.child('extra').index(i);
    errors.push(...domainPrefixedPath(key, there.child('key')));
    if (key !== key.toLowerCase()) errors.push(fieldError.invalid(there.child('key'), key, 'must be lowercase'));
    if (/^([^/]*\.)?(kubernetes|k8s)\.io\//.test(key))
      errors.push(
        fieldError.invalid(there.child('key'), key, 'k8s.io, kubernetes.io and their subdomains are reserved for Kubernetes use'),
      );
    if (extra.some((other) => other.key === key)) errors.push(fieldError.duplicate(there.child('key'), key));
    else if (!valueExpression) errors.push(fieldError.required(there.child('valueExpression')));
    else {
      const program = compile(valueExpression, there.child('valueExpression'), 'claims', 'strings');
      if (program) extra.push({ key, program });
    }
  }

  const programs = [username, ...claimRules, ...extra].flatMap((each) => (each && 'program' in each ? [each.program] : []));
  if (username && 'program' in username && selects(username.program.expr, 'email'))
    if (!programs.some(({ expr }) => selects(expr, 'email_verified')))
      errors.push(fieldError.invalid(maps.child('username').child('expression'), username.program.source, EMAIL_RULE));

  const userRules: CompiledIssuer['userRules'] = [];
  for (const [i, { expression, message }] of (jwt.userValidationRules ?? []).entries()) {
    const there = at.child('userValidationRules').index(i).child('expression');
    if (!expression) errors.push(fieldError.required(there));
    else if (userRules.some(({ program }) => program.source === expression)) errors.push(fieldError.duplicate(there, expression));
    else {
      const program = compile(expression, there, 'user', 'bool');
      if (program) userRules.push({ program, message: message ?? '' });
    }
  }
  return { compiled: { issuer: jwt.issuer, claimRules, username: username!, groups, uid, extra, userRules }, errors };
}
