import type { AdmissionAttributes, AdmissionPlugin, ResourceReader } from '@windlass/apiserver';
import { type AnyObject, forbidden, notFound, StatusError } from '@windlass/meta';
import { refused } from './refused.ts';

const NAMESPACES = { group: '', resource: 'namespaces' };
const IMMORTAL: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public']);
/** How long after a deletion of a namespace its state is read from the store instead of the cache. */
const DOUBT_MS = 30_000;

const isNamespace = ({ kind }: AdmissionAttributes): boolean => kind.group === '' && kind.kind === 'Namespace';

/** An answer about the namespace would tell those who may not see it. */
const isAccessReview = ({ resource }: AdmissionAttributes): boolean =>
  resource.group === 'authorization.k8s.io' && resource.resource === 'localsubjectaccessreviews';

const isTerminating = (namespace: AnyObject): boolean => namespace.status?.phase === 'Terminating';

function terminating(attributes: AdmissionAttributes): StatusError {
  const { namespace } = attributes;
  const error = refused(attributes, `unable to create new content in namespace ${namespace} because it is being terminated`);
  const cause = {
    reason: 'NamespaceTerminating',
    message: `namespace ${namespace} is being terminated`,
    field: 'metadata.namespace',
  };
  const { details } = error.status;
  return new StatusError({ ...error.status, details: { ...details, causes: [...(details?.causes ?? []), cause] } });
}

/** Nothing is written into namespaces that do not exist, nothing created in those that end; Kubernetes' own stay. */
export function namespaceLifecycle(reader: ResourceReader, now: () => number = Date.now): AdmissionPlugin {
  const doubted = new Map<string, number>();
  const inDoubt = (name: string): boolean => {
    const until = doubted.get(name);
    if (until === undefined) return false;
    if (until > now()) return true;
    doubted.delete(name);
    return false;
  };
  return {
    name: 'NamespaceLifecycle',
    handles: () => true,
    async admit(attributes) {
      const { operation, namespace, name } = attributes;
      if (isNamespace(attributes)) {
        if (operation !== 'DELETE') return;
        if (IMMORTAL.has(name)) throw forbidden(NAMESPACES, name, 'this namespace may not be deleted');
        doubted.set(name, now() + DOUBT_MS);
        return;
      }
      if (namespace === '' || operation === 'DELETE' || isAccessReview(attributes)) return;
      const cached = inDoubt(namespace) ? undefined : reader.get('', 'namespaces', '', namespace);
      const found = cached ?? (await reader.getFresh('', 'namespaces', '', namespace));
      if (!found) throw notFound(NAMESPACES, namespace);
      if (operation === 'CREATE' && isTerminating(found)) throw terminating(attributes);
    },
  };
}
