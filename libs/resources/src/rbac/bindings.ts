import type { Column, WriteStrategy } from '@windlass/meta';
import { ageColumn, column, nameColumn } from '../generic/columns.ts';
import { builtin } from '../generic/definition.ts';

import type { ClusterRoleBinding, RoleBinding, Subject } from '../types.gen.ts';
import { bindingErrors, defaultBinding, roleRefChange } from './validate-binding.ts';

type AnyBinding = RoleBinding | ClusterRoleBinding;

const strategyOf = (namespaced: boolean): WriteStrategy<AnyBinding> => ({
  default: defaultBinding,
  validate: (binding) => bindingErrors(binding, namespaced),
  validateUpdate: (binding, old) => [...bindingErrors(binding, namespaced), ...roleRefChange(binding, old)],
});

const subjectsColumn = (name: string, kind: string, binding: string, text: (subject: Subject) => string): Column<AnyBinding> =>
  column<AnyBinding>(
    name,
    'string',
    `${name} in the ${binding}`,
    ({ subjects }) =>
      (subjects ?? [])
        .filter((subject) => subject.kind === kind)
        .map(text)
        .join(', '),
    { wide: true },
  );

const columnsOf = (binding: string): readonly Column<AnyBinding>[] => [
  nameColumn,
  column(
    'Role',
    'string',
    'RoleRef can reference a Role in the current namespace or a ClusterRole in the global namespace. If the RoleRef cannot be resolved, the Authorizer must return an error.',
    ({ roleRef }) => `${roleRef.kind}/${roleRef.name}`,
  ),
  ageColumn,
  subjectsColumn('Users', 'User', binding, ({ name }) => name),
  subjectsColumn('Groups', 'Group', binding, ({ name }) => name),
  subjectsColumn('ServiceAccounts', 'ServiceAccount', binding, ({ namespace = '', name }) => `${namespace}/${name}`),
];

export const roleBindings = builtin<RoleBinding>('rbac.authorization.k8s.io/v1', 'rolebindings', {
  nameRule: 'pathSegment',
  columns: columnsOf('roleBinding'),
  strategy: strategyOf(true),
});

export const clusterRoleBindings = builtin<ClusterRoleBinding>('rbac.authorization.k8s.io/v1', 'clusterrolebindings', {
  nameRule: 'pathSegment',
  columns: columnsOf('clusterRoleBinding'),
  strategy: strategyOf(false),
});
