import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { Client } from '@windlass/client';
import { steadyNow } from '@windlass/platform';
import type { SubjectAccessReview, TokenReview } from '@windlass/resources';
import { HttpError } from './http.ts';

interface Caller {
  username: string;
  groups: string[];
}

const MASTERS = 'system:masters';
/** The kubelet's defaults (authentication.webhook.cacheTTL, authorization.webhook.cacheAuthorizedTTL and …UnauthorizedTTL). */
const TOKEN_TTL_MS = 120_000;
const ALLOWED_TTL_MS = 300_000;
const DENIED_TTL_MS = 30_000;
const MAX_CACHED = 1000;

const VERBS: Record<string, string> = { POST: 'create', GET: 'get', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };
const FINE = new Set(['healthz', 'pods', 'configz']);

/** Subresources of nodes of which one is needed for a path (KEP-2862). */
export function subresourcesOf(path: string): string[] {
  const root = path.split('/')[1] ?? '';
  if (root === 'stats' || root === 'metrics') return [root];
  if (root === 'logs') return ['log'];
  if (root === 'runningpods') return ['pods', 'proxy'];
  return FINE.has(root) ? [root, 'proxy'] : ['proxy'];
}

/** Who calls the kubelet API, and whether the API server lets them: client certificate or bearer token, then SubjectAccessReview. */
export class AccessControl {
  readonly #client: Client;
  readonly #nodeName: string;
  readonly #tokens = new Map<string, { caller: Caller | undefined; until: number }>();
  readonly #verdicts = new Map<string, { allowed: boolean; until: number }>();

  constructor(client: Client, nodeName: string) {
    this.#client = client;
    this.#nodeName = nodeName;
  }

  /** @throws HttpError 401, 403 */
  async check(request: IncomingMessage, path: string): Promise<void> {
    // Whoever cannot be looked up is a stranger.
    const byToken = () => this.#fromToken(request.headers.authorization).catch(() => undefined);
    const caller = fromCertificate(request.socket as TLSSocket) ?? (await byToken());
    if (!caller) throw new HttpError(401, 'Unauthorized');
    if (caller.groups.includes(MASTERS)) return;
    const verb = VERBS[request.method ?? ''] ?? '';
    const wanted = subresourcesOf(path);
    for (const subresource of wanted) if (await this.#allowed(caller, verb, subresource)) return;
    const subresources = `[${wanted.map((each) => JSON.stringify(each)).join(' ')}]`;
    throw new HttpError(403, `Forbidden (user=${caller.username}, verb=${verb}, resource=nodes, subresource(s)=${subresources})`);
  }

  async #fromToken(authorization: string | undefined): Promise<Caller | undefined> {
    const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
    if (!token) return undefined;
    const known = this.#tokens.get(token);
    if (known && known.until > steadyNow()) return known.caller;
    const { status } = await this.#client.request<TokenReview>({
      method: 'POST',
      path: '/apis/authentication.k8s.io/v1/tokenreviews',
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } },
    });
    const { username = '', groups = [] } = status?.user ?? {};
    const caller = status?.authenticated ? { username, groups } : undefined;
    remember(this.#tokens, token, { caller, until: steadyNow() + TOKEN_TTL_MS });
    return caller;
  }

  async #allowed({ username, groups }: Caller, verb: string, subresource: string): Promise<boolean> {
    const key = JSON.stringify([username, groups, verb, subresource]);
    const known = this.#verdicts.get(key);
    if (known && known.until > steadyNow()) return known.allowed;
    const resourceAttributes = { verb, version: 'v1', resource: 'nodes', subresource, name: this.#nodeName };
    const { status } = await this.#client.request<SubjectAccessReview>({
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        spec: { user: username, groups, resourceAttributes },
      },
    });
    const allowed = status?.allowed === true;
    remember(this.#verdicts, key, { allowed, until: steadyNow() + (allowed ? ALLOWED_TTL_MS : DENIED_TTL_MS) });
    return allowed;
  }
}

function fromCertificate(socket: TLSSocket): Caller | undefined {
  if (!socket.authorized) return undefined;
  const { subject } = socket.getPeerCertificate();
  if (!subject?.CN) return undefined;
  return { username: [subject.CN].flat()[0]!, groups: [...[subject.O ?? []].flat(), 'system:authenticated'] };
}

function remember<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > MAX_CACHED) map.delete(map.keys().next().value!);
}
