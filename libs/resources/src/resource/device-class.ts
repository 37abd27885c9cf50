import { equalJson, type FieldError, fieldError, path, validateQualifiedName } from '@windlass/meta';
import { ageColumn, nameColumn } from '../generic/columns.ts';
import { builtin } from '../generic/definition.ts';
import type { DeviceClass } from '../types.gen.ts';
import { eachItem } from './collections.ts';
import { MAX_CONFIGS } from './limits.ts';
import { deviceConfiguration } from './opaque.ts';
import { deviceSelectors } from './selectors.ts';

/** v1helper.IsExtendedResourceName: with a domain that is not Kubernetes' own. */
function isExtendedResource(name: string): boolean {
  if (!name.includes('/') || name.includes('kubernetes.io/') || name.startsWith('requests.')) return false;
  return validateQualifiedName(`requests.${name}`).length === 0;
}

function validate({ spec }: DeviceClass, old?: DeviceClass): FieldError[] {
  const at = path('spec');
  const isStored = old !== undefined && equalJson(spec.config, old.spec.config);
  const { extendedResourceName: extended } = spec;
  return [
    ...deviceSelectors(spec.selectors, at.child('selectors')),
    ...eachItem(spec.config, MAX_CONFIGS, (config, here) => deviceConfiguration(config, here, isStored), at.child('config')),
    ...(extended === undefined || isExtendedResource(extended)
      ? []
      : [fieldError.invalid(at.child('extendedResourceName'), extended, 'must be a valid extended resource name')]),
  ];
}

export const deviceClasses = builtin<DeviceClass>('resource.k8s.io/v1', 'deviceclasses', {
  columns: [nameColumn, ageColumn],
  strategy: { validate: (one) => validate(one), validateUpdate: validate },
});
