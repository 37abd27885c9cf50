import type { AuthConfig } from '@windlass/host';
import type { Secret } from '@windlass/resources';

interface DockerAuth {
  username?: string;
  password?: string;
  auth?: string;
  identitytoken?: string;
}

/** Registry entries of `kubernetes.io/dockerconfigjson` and `kubernetes.io/dockercfg` secrets that are for an image, best match first. */
export function credentialsFor(reference: string, secrets: readonly Secret[]): AuthConfig[] {
  const found: { length: number; auth: AuthConfig }[] = [];
  for (const { data } of secrets)
    for (const [registry, entry] of Object.entries(entriesOf(data ?? {}))) {
      const place = registry
        .replace(/^https?:\/\//, '')
        .replace(/\/v[12]\/?$/, '')
        .replace(/\/$/, '')
        .replace(/^index\.docker\.io/, 'docker.io');
      if (matches(place, reference)) found.push({ length: place.length, auth: authOf(entry, registry) });
    }
  return found.sort((a, b) => b.length - a.length).map(({ auth }) => auth);
}

function entriesOf(data: Record<string, string>): Record<string, DockerAuth> {
  const text = data['.dockerconfigjson'] ?? data['.dockercfg'];
  if (!text) return {};
  try {
    const parsed = JSON.parse(Buffer.from(text, 'base64').toString());
    return (data['.dockerconfigjson'] ? parsed.auths : parsed) ?? {};
  } catch {
    return {};
  }
}

/** `host[/path]`, with `*` for one label of the host name. */
function matches(place: string, reference: string): boolean {
  const [host, ...path] = place.split('/');
  const [imageHost, ...rest] = reference.split('/');
  const pattern = new RegExp(`^${host!.replaceAll(/[.+?^$()|[\]\\]/g, '\\$&').replaceAll('*', '[^.]+')}$`);
  return pattern.test(imageHost!) && (path.length === 0 || rest.join('/').startsWith(path.join('/')));
}

function authOf({ username, password, auth, identitytoken }: DockerAuth, serverAddress: string): AuthConfig {
  if (auth && !username) {
    const text = Buffer.from(auth, 'base64').toString();
    const colon = text.indexOf(':');
    return { username: text.slice(0, colon), password: text.slice(colon + 1), serverAddress };
  }
  return { username, password, identityToken: identitytoken, serverAddress };
}
