import { randomUUID } from 'node:crypto';
import type { ActionHandler, Registry, ResourceReader } from '@windlass/apiserver';
import {
  type AnyObject,
  badRequest,
  conflict,
  fieldError,
  forbidden,
  goQuote,
  invalid,
  notFound,
  type ResourceDefinition,
} from '@windlass/meta';
import type { BoundObjectReference, Pod, TokenRequestSpec } from '@windlass/resources';
import { SignJWT } from 'jose';
import { boundClaims, type ObjectClaim } from './claims.ts';
import type { SigningKey } from './keys.ts';
import { nodeRefusal } from './node-refusal.ts';

const GROUP = 'authentication.k8s.io';
const MINIMUM_SECONDS = 600;
const MAXIMUM_SECONDS = 2 ** 32;
/** The life that admission asks for pods' own tokens: such tokens live longer, and their use after it is only warned of. */
const WARN_ONLY_SECONDS = 3607;
const EXTENDED_SECONDS = 365 * 24 * 3600;

const TOKEN_REQUEST = {
  group: GROUP,
  version: 'v1',
  kind: 'TokenRequest',
  schema: 'io.k8s.api.authentication.v1.TokenRequest',
} as ResourceDefinition;

export interface TokenRequestOptions {
  key: SigningKey;
  issuer: string;
  audiences: readonly string[];
  reader: ResourceReader;
  registry: Registry;
}

const BINDABLE = new Map([
  ['Pod', 'pods'],
  ['Secret', 'secrets'],
  ['Node', 'nodes'],
]);

interface Binding {
  pod?: ObjectClaim;
  secret?: ObjectClaim;
  node?: ObjectClaim;
}

const claimOf = ({ metadata }: AnyObject): ObjectClaim => ({ name: metadata.name!, uid: metadata.uid });

/** POST serviceaccounts/NAME/token: a signed token, bound to the account and to a pod, secret or node. */
export function tokenRequest({ key, issuer, audiences, reader, registry }: TokenRequestOptions): ActionHandler {
  const find = async (resource: string, namespace: string, name: string): Promise<AnyObject> => {
    const object = reader.get('', resource, namespace, name) ?? (await reader.getFresh('', resource, namespace, name));
    if (!object) throw notFound({ group: '', resource }, name);
    return object;
  };

  async function bind(reference: BoundObjectReference, namespace: string, account: string): Promise<Binding> {
    const { apiVersion = '', kind = '', name = '', uid } = reference;
    const resource = apiVersion === 'v1' ? BINDABLE.get(kind) : undefined;
    if (!resource) throw badRequest(`cannot bind token to object of type ${apiVersion}, Kind=${kind}`);
    const object = await find(resource, resource === 'nodes' ? '' : namespace, name);
    if (kind === 'Pod' && (object.spec.serviceAccountName ?? '') !== account)
      throw badRequest(
        `cannot bind token for serviceaccount ${goQuote(account)} to pod running with different serviceaccount name.`,
      );
    if (uid && uid !== object.metadata.uid)
      throw conflict(
        { group: '', resource: kind },
        name,
        `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`,
      );
    if (kind !== 'Pod') return { [kind.toLowerCase()]: claimOf(object) };
    const nodeName: string | undefined = object.spec.nodeName;
    if (!nodeName) return { pod: claimOf(object) };
    const node = reader.get('', 'nodes', '', nodeName);
    return { pod: claimOf(object), node: node ? claimOf(node) : { name: nodeName } };
  }

  return async (body, context, dryRun, manager) => {
    const { namespace, name } = context.info;
    const now = registry.now();
    const spec = (body.spec ?? {}) as TokenRequestSpec;
    spec.expirationSeconds ??= 3600;
    const asked: AnyObject = { ...body, spec } as AnyObject;
    registry.fields.create(TOKEN_REQUEST, asked, { manager, subresource: 'token' }, now);
    const errors = lifeErrors(spec.expirationSeconds);
    if (errors.length > 0) throw invalid(GROUP, 'TokenRequest', '', errors);
    if (body.metadata.name && body.metadata.name !== name)
      throw badRequest(`name in URL (${name}) does not match name in TokenRequest object (${body.metadata.name})`);
    if (!spec.audiences?.length) spec.audiences = [...audiences];
    const account = await find('serviceaccounts', namespace, name);
    const pod = reader.get('', 'pods', namespace, spec.boundObjectRef?.name ?? '') as unknown as Pod | undefined;
    const refusal = nodeRefusal(context.user, spec, pod, audiences);
    if (refusal) throw forbidden({ group: '', resource: 'serviceaccounts' }, name, refusal);
    const binding = spec.boundObjectRef ? await bind(spec.boundObjectRef, namespace, name) : {};
    const extended =
      binding.pod !== undefined &&
      spec.expirationSeconds === WARN_ONLY_SECONDS &&
      spec.audiences.every((audience) => audiences.includes(audience));
    const id = randomUUID();
    const claims = boundClaims({
      issuer,
      audiences: spec.audiences,
      account: { namespace, name, uid: account.metadata.uid! },
      ...binding,
      now,
      lifetimeSeconds: extended ? EXTENDED_SECONDS : spec.expirationSeconds,
      warnAfterSeconds: extended ? spec.expirationSeconds : undefined,
      id,
    });
    const token = dryRun
      ? ''
      : await new SignJWT(claims).setProtectedHeader({ alg: key.algorithm, kid: key.id }).sign(key.privateKey);
    context.auditAnnotations['authentication.kubernetes.io/issued-credential-id'] = `JTI=${id}`;
    const expires = new Date(now.getTime() + spec.expirationSeconds * 1000);
    const { managedFields } = asked.metadata;
    return {
      status: 201,
      object: {
        kind: 'TokenRequest',
        apiVersion: `${GROUP}/v1`,
        metadata: { name, namespace, uid: account.metadata.uid, creationTimestamp: seconds(now), managedFields },
        spec: { ...spec, boundObjectRef: spec.boundObjectRef ?? null },
        status: { token, expirationTimestamp: seconds(expires) },
      } as unknown as AnyObject,
    };
  };
}

const seconds = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;

function lifeErrors(lifetime: number) {
  const refuse = (detail: string) => [fieldError.invalid('spec.expirationSeconds', lifetime, detail)];
  if (lifetime < MINIMUM_SECONDS) return refuse('may not specify a duration less than 10 minutes');
  return lifetime > MAXIMUM_SECONDS ? refuse('may not specify a duration larger than 2^32 seconds') : [];
}
