import { readFileSync } from 'node:fs';
import { parseYaml } from '@windlass/meta';

/** apiserver.config.k8s.io/v1 AuthenticationConfiguration: structured authentication (KEP-3331, KEP-4633). */
export interface AuthenticationConfiguration {
  /** Absent: as without the file. */
  anonymous?: { enabled: boolean; conditions?: readonly { path: string }[] };
}

const VERSIONS = new Set(['apiserver.config.k8s.io/v1', 'apiserver.config.k8s.io/v1beta1']);

/** @throws Error for another kind of file, or one that says what the kind does not know */
export function parseAuthenticationConfiguration(text: string): AuthenticationConfiguration {
  const parsed = parseYaml(text).value as (AuthenticationConfiguration & { apiVersion?: string; kind?: string }) | undefined;
  if (parsed?.kind !== 'AuthenticationConfiguration' || !VERSIONS.has(parsed.apiVersion ?? ''))
    throw new Error(`no AuthenticationConfiguration of apiserver.config.k8s.io/v1: ${parsed?.apiVersion} ${parsed?.kind}`);
  const { anonymous } = parsed;
  if (anonymous?.conditions?.length && !anonymous.enabled)
    throw new Error('anonymous.conditions: Invalid value: enabled should be set to true when conditions are defined');
  for (const [i, { path }] of (anonymous?.conditions ?? []).entries())
    if (!path) throw new Error(`anonymous.conditions[${i}].path: Required value: path must not be empty`);
  return parsed;
}

export const readAuthenticationConfiguration = (file: string | undefined): AuthenticationConfiguration =>
  file ? parseAuthenticationConfiguration(readFileSync(file, 'utf8')) : {};
