import type { Column, WriteStrategy } from '@windlass/meta';
import { builtin } from '../generic/definition.ts';
import { ageColumn, nameColumn } from '../generic/object-columns.ts';
import type { ClusterRoleBinding, RoleBinding, Subject } from '../types.gen.ts';
import { bindingErrors, defaultBinding, roleRefChange } from './validate-binding.ts';

type AnyBinding = RoleBinding | ClusterRoleBinding;

const strategyOf = (namespaced: boolean): WriteStrategy<AnyBinding> => ({
  default: defaultBinding,
  validate: (binding) => bindingErrors(binding, namespaced),
  validateUpdate: (binding, old) => [...bindingErrors(binding, namespaced), ...roleRefChange(binding, old)],
});

const subjectsColumn = (name: string, kind: string, text: (subject: Subject) => string): Column<AnyBinding> => ({
  name,
  type: 'string',
  priority: 1,
  cell: ({ subjects }) =>
    (subjects ?? [])
      .filter((subject) => subject.kind === kind)
      .map(text)
      .join(', '),
});

const columns: readonly Column<AnyBinding>[] = [
  nameColumn,
  { name: 'Role', type: 'string', cell: ({ roleRef }) => `${roleRef.kind}/${roleRef.name}` },
  ageColumn,
  subjectsColumn('Users', 'User', ({ name }) => name),
  subjectsColumn('Groups', 'Group', ({ name }) => name),
  subjectsColumn('ServiceAccounts', 'ServiceAccount', ({ namespace = '', name }) => `${namespace}/${name}`),
];

export const roleBindings = builtin<RoleBinding>('rbac.authorization.k8s.io/v1', 'rolebindings', {
  nameRule: 'pathSegment',
  columns,
  strategy: strategyOf(true),
});

export const clusterRoleBindings = builtin<ClusterRoleBinding>('rbac.authorization.k8s.io/v1', 'clusterrolebindings', {
  nameRule: 'pathSegment',
  columns,
  strategy: strategyOf(false),
});
