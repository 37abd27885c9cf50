import type { AdmissionAttributes, Authorizer } from '@windlass/apiserver';
import {
  type AccessAnswer,
  type AccessQuestion,
  type AnyObject,
  type AskAccess,
  authorizerValue,
  CelBudget,
  CelPending,
  type CelProgram,
  type CelValue,
  type GroupVersionKind,
  type GroupVersionResource,
  PER_CALL_LIMIT,
  resourceCheckValue,
  toCel,
  type Variables,
} from '@windlass/meta';
import { NAMESPACE_TYPE, REQUEST_TYPE } from '@windlass/resources';
import { optionsOf } from './request-options.ts';

/** What of a request expressions see; kind and resource may be those of an equivalent version. */
export interface Seen {
  attributes: AdmissionAttributes;
  kind: GroupVersionKind;
  resource: GroupVersionResource;
  object: AnyObject | undefined;
  oldObject: AnyObject | undefined;
}

/** What an evaluation asks of the server. */
export interface CelServices {
  authorizer: Authorizer;
}

function requestValue({ attributes, kind, resource }: Seen): CelValue {
  const { subresource, user, operation, name, namespace, dryRun } = attributes;
  return toCel(
    {
      kind,
      resource,
      ...(subresource ? { subResource: subresource, requestSubResource: subresource } : {}),
      requestKind: attributes.kind,
      requestResource: attributes.resource,
      name,
      ...(namespace ? { namespace } : {}),
      operation,
      userInfo: { username: user.username, uid: user.uid ?? '', groups: user.groups, extra: user.extra ?? {} },
      dryRun,
      options: optionsOf(attributes),
    },
    REQUEST_TYPE,
  );
}

/** Answers from the authorizer, each asked once; an answer that takes time suspends the evaluation. */
function askAccess({ authorizer }: CelServices, { attributes }: Seen): AskAccess {
  const known = new Map<string, AccessAnswer>();
  return (question) => {
    const key = JSON.stringify(question);
    const found = known.get(key);
    if (found) return found;
    const asked = (async () => {
      try {
        const { decision, reason } = await authorizer.authorize(accessOf(question, attributes));
        known.set(key, { allowed: decision === 'allow', reason: reason ?? '' });
      } catch (error) {
        known.set(key, { allowed: false, reason: '', error: (error as Error).message });
      }
    })();
    throw new CelPending(asked);
  };
}

function accessOf({ path, serviceAccount, ...question }: AccessQuestion, { user }: AdmissionAttributes) {
  const [namespace, name] = serviceAccount?.split('/') ?? [];
  const asker = serviceAccount
    ? {
        username: `system:serviceaccount:${namespace}:${name}`,
        groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
      }
    : user;
  return { user: asker, ...question, version: path ? '' : '*', isResourceRequest: path === '', path };
}

/** The variables of webhooks' conditions and of policies. */
export function admissionVariables(seen: Seen, services: CelServices, namespace?: AnyObject): Map<string, CelValue> {
  const { attributes, object, oldObject, resource } = seen;
  const ask = askAccess(services, seen);
  return new Map<string, CelValue>([
    ['object', toCel(object ?? null)],
    ['oldObject', toCel(oldObject ?? null)],
    ['request', requestValue(seen)],
    ['authorizer', authorizerValue(ask)],
    [
      'authorizer.requestResource',
      resourceCheckValue(ask, {
        group: resource.group,
        resource: resource.resource,
        subresource: attributes.subresource,
        namespace: attributes.namespace,
        name: attributes.name,
      }),
    ],
    ['namespaceObject', namespace ? namespaceValue(namespace) : null],
  ]);
}

function namespaceValue({ metadata, spec, status }: AnyObject): CelValue {
  const { uid, managedFields: _, ownerReferences: __, ...meta } = metadata;
  return toCel(
    { metadata: { ...meta, UID: uid }, spec: { finalizers: spec?.finalizers ?? [] }, status: { phase: status?.phase ?? '' } },
    NAMESPACE_TYPE,
  );
}

/** Evaluates, waits for the authorizer where it must, and goes on. @throws CelError, CelCostError */
export async function evaluateCel(program: CelProgram, variables: Variables, budget?: CelBudget): Promise<CelValue> {
  for (;;) {
    const attempt = budget ?? new CelBudget(PER_CALL_LIMIT);
    const spent = attempt.spent;
    try {
      return program.evaluate(variables, attempt);
    } catch (error) {
      if (!(error instanceof CelPending)) throw error;
      attempt.spent = spent;
      await error.until;
    }
  }
}
