import { type AnyObject, equalJson } from '@windlass/meta';
import { type PolicyRule, type Subject, uncovered } from '@windlass/resources';

const AUTOUPDATE = 'rbac.authorization.kubernetes.io/autoupdate';
const FLOW_AUTOUPDATE = 'apf.kubernetes.io/autoupdate-spec';

/** What to do with an object that exists: nothing, another state, or delete and create (roleRef cannot change). */
export type Reconciled = { object: AnyObject; recreate?: boolean } | undefined;

const isProtected = (existing: AnyObject): boolean => existing.metadata.annotations?.[AUTOUPDATE] === 'false';

/** Labels and annotations that the cluster's own definition has and the object lacks; the object's values win. */
function withMetadata(existing: AnyObject, expected: AnyObject): AnyObject {
  const metadata = { ...existing.metadata };
  for (const field of ['labels', 'annotations'] as const) {
    const merged = { ...expected.metadata[field], ...existing.metadata[field] };
    if (Object.keys(merged).length > 0) metadata[field] = merged;
  }
  return { ...existing, metadata };
}

const changed = (existing: AnyObject, object: AnyObject): Reconciled => (equalJson(existing, object) ? undefined : { object });

/** Adds the rules, selectors, labels and annotations that are missing; takes nothing away. */
export function reconciledRole(existing: AnyObject, expected: AnyObject): Reconciled {
  if (isProtected(existing)) return undefined;
  const object = withMetadata(existing, expected);
  if (expected.aggregationRule) {
    const selectors: unknown[] = existing.aggregationRule?.clusterRoleSelectors ?? [];
    const missing = (expected.aggregationRule.clusterRoleSelectors as unknown[]).filter(
      (wanted) => !selectors.some((selector) => equalJson(selector, wanted)),
    );
    if (missing.length > 0) object.aggregationRule = { clusterRoleSelectors: [...selectors, ...missing] };
  } else {
    const rules = (existing.rules ?? []) as PolicyRule[];
    const missing = uncovered(rules, (expected.rules ?? []) as PolicyRule[]);
    if (missing.length > 0) object.rules = [...rules, ...missing];
  }
  return changed(existing, object);
}

const subjectText = ({ kind, apiGroup = '', namespace = '', name }: Subject): string =>
  JSON.stringify([kind, apiGroup, namespace, name]);

/** Adds the missing subjects, labels and annotations; a binding of another role is made anew. */
export function reconciledBinding(existing: AnyObject, expected: AnyObject): Reconciled {
  if (isProtected(existing)) return undefined;
  if (!equalJson(existing.roleRef, expected.roleRef)) return { object: expected, recreate: true };
  const object = withMetadata(existing, expected);
  const subjects = (existing.subjects ?? []) as Subject[];
  const known = new Set(subjects.map(subjectText));
  const missing = ((expected.subjects ?? []) as Subject[]).filter((subject) => !known.has(subjectText(subject)));
  if (missing.length > 0) object.subjects = [...subjects, ...missing];
  return changed(existing, object);
}

/** Mandatory objects keep their spec; suggested ones as long as their annotation says so, or nobody has changed them yet. */
export function reconciledFlowObject(existing: AnyObject, expected: AnyObject, mandatory: boolean): Reconciled {
  const annotation = existing.metadata.annotations?.[FLOW_AUTOUPDATE];
  const automatic = annotation === undefined ? existing.metadata.generation === 1 : annotation === 'true';
  if (!mandatory && !automatic) return undefined;
  const annotations = { ...existing.metadata.annotations, [FLOW_AUTOUPDATE]: 'true' };
  return changed(existing, { ...existing, metadata: { ...existing.metadata, annotations }, spec: expected.spec });
}

const AUTOMANAGED = 'kube-aggregator.kubernetes.io/automanaged';

/** APIServices that the server registers itself say what it serves; one without the label is somebody else's. */
export function reconciledApiService(existing: AnyObject, expected: AnyObject): Reconciled {
  if (!existing.metadata.labels?.[AUTOMANAGED]) return undefined;
  return changed(existing, { ...existing, spec: expected.spec });
}
