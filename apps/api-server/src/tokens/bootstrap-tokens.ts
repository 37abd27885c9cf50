import { timingSafeEqual } from 'node:crypto';
import { agnosticAnswer, type ResourceReader, type TokenAnswer, type TokenAuthenticator } from '@windlass/apiserver';
import { bootstrapGroups, bootstrapSecretName, bootstrapTokenOf, parseBootstrapToken, type Secret } from '@windlass/resources';

/**
 * Tokens `ID.SECRET` of secrets of type bootstrap.kubernetes.io/token in kube-system, for machines that are to join.
 * (plugin/pkg/auth/authenticator/token/bootstrap)
 */
export class BootstrapTokens implements TokenAuthenticator {
  readonly #reader: ResourceReader;
  readonly #audiences: readonly string[];

  /** @param audiences those of the API server: these tokens name none */
  constructor(reader: ResourceReader, audiences: readonly string[]) {
    this.#reader = reader;
    this.#audiences = audiences;
  }

  async authenticateToken(text: string, wanted: readonly string[]): Promise<TokenAnswer | undefined> {
    const token = parseBootstrapToken(text);
    if (!token) return undefined;
    const key = ['', 'secrets', 'kube-system', bootstrapSecretName(token.id)] as const;
    const secret = (this.#reader.get(...key) ?? (await this.#reader.getFresh(...key))) as unknown as Secret | undefined;
    const kept = secret && bootstrapTokenOf(secret, 'authentication', new Date());
    const groups = secret && bootstrapGroups(secret);
    if (!kept || !groups || !same(kept.secret, token.secret)) return undefined;
    return agnosticAnswer({ user: { username: `system:bootstrap:${token.id}`, groups }, audiences: this.#audiences }, wanted);
  }
}

function same(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
}
