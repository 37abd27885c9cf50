import { type Column, fieldError, type OwnerReference, path } from '@windlass/meta';
import { immutable } from '../fields/immutable.ts';
import { nonNegative } from '../fields/numbers.ts';
import { ageColumn, column, nameColumn } from '../generic/columns.ts';
import { builtin } from '../generic/definition.ts';
import { fieldDoc } from '../generic/docs.ts';
import type { ControllerRevision } from '../types.gen.ts';

const validateRevision = ({ revision }: ControllerRevision) => nonNegative(revision, path('revision'));

/** `statefulset.apps/web` */
function ownerText(owner: OwnerReference | undefined): string {
  if (!owner) return '<none>';
  const slash = owner.apiVersion.indexOf('/');
  const group = slash < 0 ? '' : `.${owner.apiVersion.slice(0, slash)}`;
  return `${owner.kind.toLowerCase()}${group}/${owner.name}`;
}

const columns: readonly Column<ControllerRevision>[] = [
  nameColumn as Column<ControllerRevision>,
  column<ControllerRevision>('Controller', 'string', 'Controller of the object', ({ metadata }) =>
    ownerText(metadata.ownerReferences?.find(({ controller }) => controller)),
  ),
  column<ControllerRevision>(
    'Revision',
    'string',
    fieldDoc('apps.v1.ControllerRevision', 'revision'),
    ({ revision }) => revision,
  ),
  ageColumn as Column<ControllerRevision>,
];

export const controllerRevisions = builtin<ControllerRevision>('apps/v1', 'controllerrevisions', {
  columns,
  strategy: {
    validate: (object) => [
      ...(object.data == null ? [fieldError.required(path('data'), 'data is mandatory')] : []),
      ...validateRevision(object),
    ],
    validateUpdate: (object, old) => [...validateRevision(object), ...immutable(object.data, old.data, path('data'))],
  },
});
