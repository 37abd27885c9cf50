import { type FieldError, fieldError, path, validateDns1123Subdomain, validatePathSegmentName } from '@windlass/meta';
import { canonicalIpTexts } from '../fields/canonical-ips.ts';
import { immutable } from '../fields/immutable.ts';
import { textErrors } from '../fields/names.ts';
import { column, nameColumn } from '../generic/columns.ts';
import { builtin } from '../generic/definition.ts';
import type { IPAddress, ParentReference } from '../types.gen.ts';

const PARENT = path('spec', 'parentRef');

function validateParent(parent: ParentReference | undefined): FieldError[] {
  if (!parent) return [fieldError.required(PARENT)];
  const segment = (field: 'resource' | 'name' | 'namespace', needed: boolean): FieldError[] => {
    const value = parent[field];
    if (value) return textErrors(validatePathSegmentName, value, PARENT.child(field));
    return needed ? [fieldError.required(PARENT.child(field))] : [];
  };
  return [
    ...(parent.group ? textErrors(validateDns1123Subdomain, parent.group, PARENT.child('group')) : []),
    ...segment('resource', true),
    ...segment('name', true),
    ...segment('namespace', false),
  ];
}

/** `services/default/kubernetes` */
function parentText({ spec }: IPAddress): string {
  const parent = spec?.parentRef;
  if (!parent) return '<none>';
  const resource = (parent.group ? `${parent.resource}.${parent.group}` : parent.resource).toLowerCase();
  return [resource, parent.namespace, parent.name].filter(Boolean).join('/');
}

export const ipAddresses = builtin<IPAddress>('networking.k8s.io/v1', 'ipaddresses', {
  nameRule: (name) => canonicalIpTexts(name),
  columns: [nameColumn, column('ParentRef', 'string', 'The object that the address was given to.', parentText)],
  strategy: {
    validate: ({ spec }) => validateParent(spec?.parentRef),
    validateUpdate: ({ spec }, old) => [
      ...(spec?.parentRef ? [] : [fieldError.required(PARENT)]),
      ...immutable(spec?.parentRef, old.spec?.parentRef, PARENT),
    ],
  },
});
