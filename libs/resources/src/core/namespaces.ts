import { type FieldError, fieldError, type Path, path, validateQualifiedName } from '@windlass/meta';
import { textErrors } from '../fields/names.ts';
import { ageColumn, column, nameColumn } from '../generic/columns.ts';
import { builtin } from '../generic/definition.ts';
import { metadataFields } from '../generic/selectable.ts';
import type { Namespace } from '../types.gen.ts';

const NAME_LABEL = 'kubernetes.io/metadata.name';
const FINALIZER = 'kubernetes';
const STANDARD_FINALIZERS = [FINALIZER, 'orphan', 'foregroundDeletion'];
const FINALIZERS = path('spec', 'finalizers');

/** The label that carries the name, for selectors. */
function labelName({ metadata }: Namespace): void {
  if (metadata.name) metadata.labels = { ...metadata.labels, [NAME_LABEL]: metadata.name };
}

const validateFinalizer = (finalizer: string, at: Path): FieldError[] => [
  ...textErrors(validateQualifiedName, finalizer, at),
  ...(finalizer.includes('/') || STANDARD_FINALIZERS.includes(finalizer)
    ? []
    : [fieldError.invalid(at, finalizer, 'name is neither a standard finalizer name nor is it fully qualified')]),
];

/** The phase follows from the deletion timestamp. */
function validateStatus({ metadata, status }: Namespace): FieldError[] {
  const [wanted, is] = metadata.deletionTimestamp ? ['Terminating', 'not empty'] : ['Active', 'empty'];
  if (status?.phase === wanted) return [];
  const detail = `may only be '${wanted}' if \`deletionTimestamp\` is ${is}`;
  return [fieldError.invalid(path('status', 'Phase'), status?.phase ?? '', detail)];
}

export const namespaces = builtin<Namespace>('v1', 'namespaces', {
  nameRule: 'dns1123Label',
  termination: {
    mark(namespace) {
      namespace.status = { ...namespace.status, phase: 'Terminating' };
    },
    held: ({ spec }) => (spec?.finalizers?.length ?? 0) > 0,
  },
  columns: [
    nameColumn,
    column('Status', 'string', 'The status of the namespace', ({ status }) => status?.phase ?? ''),
    ageColumn,
  ],
  selectableFields: {
    'metadata.name': metadataFields['metadata.name'],
    name: metadataFields['metadata.name'],
    'status.phase': ({ status }) => status?.phase ?? '',
  },
  strategy: {
    default(namespace) {
      labelName(namespace);
      namespace.spec ??= {};
      namespace.status ??= {};
      namespace.status.phase ||= 'Active';
    },
    prepareForCreate(namespace) {
      labelName(namespace);
      namespace.status = { phase: 'Active' };
      const finalizers = namespace.spec?.finalizers ?? [];
      namespace.spec = { finalizers: finalizers.includes(FINALIZER) ? finalizers : [...finalizers, FINALIZER] };
    },
    prepareForUpdate(namespace, old) {
      namespace.spec = { ...namespace.spec, finalizers: old.spec?.finalizers };
      namespace.status = old.status;
    },
    validate: ({ spec }) => (spec?.finalizers ?? []).flatMap((finalizer) => validateFinalizer(finalizer, FINALIZERS)),
    validateUpdate: () => [],
  },
  subresources: {
    status: { validateUpdate: validateStatus },
    finalize: {
      validateUpdate: ({ spec }: Namespace) =>
        (spec?.finalizers ?? []).flatMap((finalizer, i) => validateFinalizer(finalizer, FINALIZERS.index(i))),
    },
  },
});
