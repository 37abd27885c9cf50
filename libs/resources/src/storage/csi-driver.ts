import { equalJson, type FieldError, fieldError, type Path, path } from '@windlass/meta';
import { oneOf } from '../fields/enums.ts';
import { immutable } from '../fields/immutable.ts';
import { Once } from '../fields/once.ts';
import { ageColumn, column, nameColumn } from '../generic/columns.ts';
import { builtin } from '../generic/definition.ts';
import { fieldDoc } from '../generic/docs.ts';
import type { CSIDriver, CSIDriverSpec, StorageV1TokenRequest } from '../types.gen.ts';

const SPEC = 'storage.v1.CSIDriverSpec';
const MIN_SECONDS = 600;
const MIN_UPDATE_SECONDS = 10;

function tokenRequests(requests: readonly StorageV1TokenRequest[] = [], at: Path): FieldError[] {
  const once = new Once();
  return requests.flatMap(({ audience, expirationSeconds: seconds }, i) => {
    const duplicate = once.check(audience, at.index(i).child('audience'));
    if (duplicate.length > 0 || seconds === undefined) return duplicate;
    const here = at.index(i).child('expirationSeconds');
    if (seconds < MIN_SECONDS) return [fieldError.invalid(here, seconds, 'may not specify a duration less than 10 minutes')];
    return seconds > 2 ** 32 ? [fieldError.invalid(here, seconds, 'may not specify a duration larger than 2^32 seconds')] : [];
  });
}

function updatePeriod(seconds: number | undefined, at: Path): FieldError[] {
  return seconds !== undefined && seconds < MIN_UPDATE_SECONDS
    ? [fieldError.invalid(at, seconds, 'must be greater than or equal to 10 seconds')]
    : [];
}

function validateSpec(spec: CSIDriverSpec): FieldError[] {
  const at = path('spec');
  return [
    ...oneOf(spec.fsGroupPolicy, ['File', 'None', 'ReadWriteOnceWithFSType'], at.child('fsGroupPolicy')),
    ...tokenRequests(spec.tokenRequests, at.child('tokenRequests')),
    ...(spec.volumeLifecycleModes ?? []).flatMap((mode) =>
      oneOf(mode, ['Persistent', 'Ephemeral'], at.child('volumeLifecycleModes')),
    ),
    ...updatePeriod(spec.nodeAllocatableUpdatePeriodSeconds, at.child('nodeAllocatableUpdatePeriodSeconds')),
  ];
}

const flag = (name: string, field: 'attachRequired' | 'podInfoOnMount' | 'storageCapacity' | 'requiresRepublish') =>
  column<CSIDriver>(name, 'boolean', fieldDoc(SPEC, field, true), ({ spec }) => spec[field] ?? false);

export const csiDrivers = builtin<CSIDriver>('storage.k8s.io/v1', 'csidrivers', {
  columns: [
    nameColumn,
    flag('AttachRequired', 'attachRequired'),
    flag('PodInfoOnMount', 'podInfoOnMount'),
    flag('StorageCapacity', 'storageCapacity'),
    column<CSIDriver>(
      'TokenRequests',
      'string',
      fieldDoc(SPEC, 'tokenRequests', true).replace('... }', '...\n}'),
      ({ spec }) => spec.tokenRequests?.map(({ audience }) => audience).join(',') ?? '<unset>',
    ),
    flag('RequiresRepublish', 'requiresRepublish'),
    column<CSIDriver>('Modes', 'string', fieldDoc(SPEC, 'volumeLifecycleModes', true), ({ spec }) =>
      (spec.volumeLifecycleModes ?? []).join(','),
    ),
    ageColumn,
  ],
  strategy: {
    default(driver) {
      driver.spec ??= {};
      const { spec } = driver;
      spec.attachRequired ??= true;
      spec.podInfoOnMount ??= false;
      spec.storageCapacity ??= false;
      spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType';
      if (!spec.volumeLifecycleModes?.length) spec.volumeLifecycleModes = ['Persistent'];
      spec.requiresRepublish ??= false;
      spec.seLinuxMount ??= false;
    },
    prepareForUpdate({ metadata, spec }, old) {
      if (!equalJson(spec, old.spec)) metadata.generation = (old.metadata.generation ?? 0) + 1;
    },
    validate: ({ spec }) => validateSpec(spec),
    validateUpdate: ({ spec }, old) => [
      ...validateSpec(spec),
      ...immutable(spec.attachRequired, old.spec.attachRequired, path('spec', 'attachedRequired')),
      ...immutable(spec.volumeLifecycleModes, old.spec.volumeLifecycleModes, path('spec', 'volumeLifecycleModes')),
    ],
  },
});
