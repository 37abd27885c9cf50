import type { FieldError } from './field-error.ts';
import { fieldError } from './field-errors.ts';
import { goQuote } from './go-format.ts';
import { validateName } from './name-rules.ts';
import { validateDns1123Label, validateLabelValue, validateQualifiedName } from './names.ts';
import type { ObjectMeta, OwnerReference } from './object.ts';
import { Path } from './path.ts';
import type { NameRule } from './resource.ts';

/** Total bytes of annotation keys and values. */
export const ANNOTATIONS_LIMIT_BYTES = 256 * 1024;

export function validateLabels(labels: Record<string, string> | undefined, at: Path): FieldError[] {
  const errors: FieldError[] = [];
  for (const [key, value] of Object.entries(labels ?? {})) {
    for (const text of validateQualifiedName(key)) errors.push(fieldError.invalid(at, key, text));
    for (const text of validateLabelValue(value)) errors.push(fieldError.invalid(at, value, text));
  }
  return errors;
}

export function validateAnnotations(annotations: Record<string, string> | undefined, at: Path): FieldError[] {
  if (!annotations) return [];
  const errors: FieldError[] = [];
  let size = 0;
  for (const [key, value] of Object.entries(annotations)) {
    size += Buffer.byteLength(key) + Buffer.byteLength(value);
    // Keys are compared in lower case: annotations allow upper-case prefixes.
    for (const text of validateQualifiedName(key.toLowerCase())) errors.push(fieldError.invalid(at, key, text));
  }
  if (size > ANNOTATIONS_LIMIT_BYTES) errors.push(fieldError.tooLong(at, '', ANNOTATIONS_LIMIT_BYTES));
  return errors;
}

const BANNED_OWNERS: ReadonlySet<string> = new Set(['events.k8s.io/v1/Event', 'v1/Event']);

function validateOwnerReference(owner: OwnerReference, at: Path): FieldError[] {
  const errors: FieldError[] = [];
  const { apiVersion = '', kind = '', name = '', uid = '' } = owner;
  const slashes = apiVersion.split('/').length - 1;
  const version = apiVersion.slice(apiVersion.lastIndexOf('/') + 1);
  if (slashes > 1)
    errors.push(fieldError.invalid(at.child('apiVersion'), apiVersion, `unexpected GroupVersion string: ${apiVersion}`));
  if (version === '') errors.push(fieldError.invalid(at.child('apiVersion'), apiVersion, 'version must not be empty'));
  if (kind === '') errors.push(fieldError.invalid(at.child('kind'), kind, 'must not be empty'));
  if (name === '') errors.push(fieldError.invalid(at.child('name'), name, 'must not be empty'));
  if (uid === '') errors.push(fieldError.invalid(at.child('uid'), uid, 'must not be empty'));
  if (BANNED_OWNERS.has(`${apiVersion}/${kind}`)) {
    errors.push(fieldError.invalid(at, owner, `${apiVersion}, Kind=${kind} is disallowed from being an owner`));
  }
  return errors;
}

export function validateOwnerReferences(owners: OwnerReference[] | undefined, at: Path): FieldError[] {
  const errors: FieldError[] = [];
  let controller = '';
  for (const owner of owners ?? []) {
    errors.push(...validateOwnerReference(owner, at));
    if (!owner.controller) continue;
    if (controller !== '') {
      const detail = `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${owner.kind}/${owner.name}`;
      errors.push(fieldError.invalid(at, owners, detail));
    } else {
      controller = `${owner.kind}/${owner.name}`;
    }
  }
  return errors;
}

const STANDARD_FINALIZERS: ReadonlySet<string> = new Set(['foregroundDeletion', 'orphan', 'kubernetes']);

/** @param bare whether names need no prefix, as with kinds of other API servers than Kubernetes' own */
export function validateFinalizers(finalizers: string[] | undefined, at: Path, bare = false): FieldError[] {
  const errors: FieldError[] = [];
  const list = finalizers ?? [];
  list.forEach((finalizer, i) => {
    for (const text of validateQualifiedName(finalizer)) errors.push(fieldError.invalid(at, finalizer, text));
    if (!bare && !finalizer.includes('/') && !STANDARD_FINALIZERS.has(finalizer)) {
      errors.push(
        fieldError.invalid(at.index(i), finalizer, 'name is neither a standard finalizer name nor is it fully qualified'),
      );
    }
  });
  if (list.includes('orphan') && list.includes('foregroundDeletion')) {
    errors.push(fieldError.invalid(at, list, 'finalizer orphan and foregroundDeletion cannot be both set'));
  }
  return errors;
}

const validateFieldManager = (manager: string, at: Path): FieldError[] => {
  if (Buffer.byteLength(manager) > 128) return [fieldError.tooLong(at, manager, 128)];
  const bad = [...manager].findIndex((char) => !/[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(char));
  return bad < 0
    ? []
    : [fieldError.invalid(at, manager, `invalid character ${goQuote([...manager][bad] as string)} (at position ${bad})`)];
};

export function validateManagedFields(entries: ObjectMeta['managedFields'], at: Path): FieldError[] {
  const errors: FieldError[] = [];
  (entries ?? []).forEach((entry, i) => {
    const here = at.index(i);
    if (entry.operation !== 'Apply' && entry.operation !== 'Update') {
      errors.push(fieldError.invalid(here.child('operation'), entry.operation ?? '', 'must be `Apply` or `Update`'));
    }
    if (entry.fieldsType && entry.fieldsType !== 'FieldsV1') {
      errors.push(fieldError.invalid(here.child('fieldsType'), entry.fieldsType, 'must be `FieldsV1`'));
    }
    errors.push(...validateFieldManager(entry.manager ?? '', here.child('manager')));
    if ((entry.subresource ?? '').length > 256)
      errors.push(fieldError.tooLong(here.child('subresource'), entry.subresource, 256));
  });
  return errors;
}

/** ValidateObjectMeta: what holds of metadata at every write. `namespaced` is the kind's scope. */
export function validateObjectMeta(
  meta: ObjectMeta,
  namespaced: boolean,
  rule: NameRule | undefined,
  at = new Path('metadata'),
  bareFinalizers = false,
): FieldError[] {
  const errors: FieldError[] = [];
  const { name = '', generateName = '', namespace = '' } = meta;
  if (generateName) {
    for (const text of validateName(rule, generateName, true))
      errors.push(fieldError.invalid(at.child('generateName'), generateName, text));
  }
  if (name === '') errors.push(fieldError.required(at.child('name'), 'name or generateName is required'));
  else for (const text of validateName(rule, name)) errors.push(fieldError.invalid(at.child('name'), name, text));
  if (namespaced) {
    if (namespace === '') errors.push(fieldError.required(at.child('namespace')));
    else
      for (const text of validateDns1123Label(namespace)) errors.push(fieldError.invalid(at.child('namespace'), namespace, text));
  } else if (namespace !== '') {
    errors.push(fieldError.forbidden(at.child('namespace'), 'not allowed on this type'));
  }
  if ((meta.generation ?? 0) < 0)
    errors.push(fieldError.invalid(at.child('generation'), meta.generation, 'must be greater than or equal to 0'));
  errors.push(...validateLabels(meta.labels, at.child('labels')));
  errors.push(...validateAnnotations(meta.annotations, at.child('annotations')));
  errors.push(...validateOwnerReferences(meta.ownerReferences, at.child('ownerReferences')));
  errors.push(...validateFinalizers(meta.finalizers, at.child('finalizers'), bareFinalizers));
  errors.push(...validateManagedFields(meta.managedFields, at.child('managedFields')));
  return errors;
}

const immutable = (now: unknown, before: unknown, at: Path): FieldError[] =>
  (now ?? '') === (before ?? '') ? [] : [fieldError.invalid(at, now ?? null, 'field is immutable')];

/** ValidateObjectMetaUpdate: what an update may not change. Both sides are complete (server-owned fields already carried over). */
export function validateObjectMetaUpdate(meta: ObjectMeta, old: ObjectMeta, at = new Path('metadata')): FieldError[] {
  const errors: FieldError[] = [];
  if (old.deletionTimestamp) {
    const added = (meta.finalizers ?? []).filter((finalizer) => !(old.finalizers ?? []).includes(finalizer));
    if (added.length > 0) {
      const found = `[]string{${added.map(goQuote).join(', ')}}`;
      const detail = `no new finalizers can be added if the object is being deleted, found new finalizers ${found}`;
      errors.push(fieldError.forbidden(at.child('finalizers'), detail));
    }
  }
  if (!meta.resourceVersion) {
    errors.push(fieldError.invalid(at.child('resourceVersion'), meta.resourceVersion ?? '', 'must be specified for an update'));
  }
  if ((meta.generation ?? 0) < (old.generation ?? 0)) {
    errors.push(fieldError.invalid(at.child('generation'), meta.generation ?? 0, 'must not be decremented'));
  }
  for (const key of [
    'name',
    'namespace',
    'uid',
    'creationTimestamp',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
  ] as const) {
    errors.push(...immutable(meta[key], old[key], at.child(key)));
  }
  errors.push(...validateLabels(meta.labels, at.child('labels')));
  errors.push(...validateAnnotations(meta.annotations, at.child('annotations')));
  errors.push(...validateOwnerReferences(meta.ownerReferences, at.child('ownerReferences')));
  errors.push(...validateManagedFields(meta.managedFields, at.child('managedFields')));
  return errors;
}
