import type { AnyObject } from '@windlass/meta';
import { bootstrapData } from '@windlass/resources';
import { CONTROLLER_ROLES } from './controller-roles.ts';
import { type Bootstrap, ensureObject } from './ensure.ts';
import { JOINING_ROLES } from './joining.ts';
import { type Reconciled, reconciledApiService, reconciledBinding, reconciledFlowObject, reconciledRole } from './reconcile.ts';
import { WINDLASS_ROLES } from './windlass-roles.ts';

/** What kube-apiserver does not make. */
const OUR_OWN = [WINDLASS_ROLES, JOINING_ROLES, CONTROLLER_ROLES];
const MANDATORY_FLOW_OBJECTS = new Set(['exempt', 'catch-all']);

interface Family {
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  reconcile(existing: AnyObject, expected: AnyObject): Reconciled;
}

const RBAC = {
  labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' },
  annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
};
const flow: Family = {
  annotations: { 'apf.kubernetes.io/autoupdate-spec': 'true' },
  reconcile: (existing, expected) =>
    reconciledFlowObject(existing, expected, MANDATORY_FLOW_OBJECTS.has(expected.metadata.name!)),
};

/** How the data of each resource is kept as it should be. */
const FAMILIES: Record<string, Family> = {
  'rbac.authorization.k8s.io/clusterroles': { ...RBAC, reconcile: reconciledRole },
  'rbac.authorization.k8s.io/roles': { ...RBAC, reconcile: reconciledRole },
  'rbac.authorization.k8s.io/clusterrolebindings': { ...RBAC, reconcile: reconciledBinding },
  'rbac.authorization.k8s.io/rolebindings': { ...RBAC, reconcile: reconciledBinding },
  'flowcontrol.apiserver.k8s.io/flowschemas': flow,
  'flowcontrol.apiserver.k8s.io/prioritylevelconfigurations': flow,
  'apiregistration.k8s.io/apiservices': {
    labels: { 'kube-aggregator.kubernetes.io/automanaged': 'onstart' },
    reconcile: reconciledApiService,
  },
  'scheduling.k8s.io/priorityclasses': { reconcile: () => undefined },
};

function complete({ labels, annotations }: Family, object: AnyObject): AnyObject {
  const metadata = { ...object.metadata };
  if (labels) metadata.labels = { ...labels, ...metadata.labels };
  if (annotations) metadata.annotations = { ...annotations };
  return { ...object, metadata };
}

async function ensure(bootstrap: Bootstrap, key: string, family: Family, expected: AnyObject): Promise<void> {
  const [group, resource] = key.split('/') as [string, string];
  const { namespace = '', name = '' } = expected.metadata;
  const existing = bootstrap.reader.get(group, resource, namespace, name);
  if (!existing) return ensureObject(bootstrap, group, resource, expected);
  const wanted = family.reconcile(existing, expected);
  if (!wanted) return;
  if (wanted.recreate) {
    await bootstrap.writer.delete(group, resource, namespace, name);
    await bootstrap.writer.create(group, resource, structuredClone(expected));
  } else await bootstrap.writer.modify(group, resource, namespace, name, (object) => family.reconcile(object, expected)?.object);
}

/** Roles, bindings, flow schemas, priority levels, priority classes and APIServices, created or brought up to date, all at once. */
export const ensureDefaults = (bootstrap: Bootstrap): Promise<void> => ensureFamilies(bootstrap, Object.entries(FAMILIES));

/** Flow schemas and priority levels alone. */
export const flowDefaults = (bootstrap: Bootstrap): Promise<void> =>
  ensureFamilies(
    bootstrap,
    Object.entries(FAMILIES).filter(([, family]) => family === flow),
  );

async function ensureFamilies(bootstrap: Bootstrap, families: readonly (readonly [string, Family])[]): Promise<void> {
  await Promise.all(
    families.flatMap(([key, family]) =>
      [...(bootstrapData[key] ?? []), ...OUR_OWN.flatMap((roles) => roles[key] ?? [])].map((object) =>
        ensure(bootstrap, key, family, complete(family, object)),
      ),
    ),
  );
}
