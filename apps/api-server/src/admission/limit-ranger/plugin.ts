import type { AdmissionAttributes, AdmissionPlugin, ResourceReader } from '@windlass/apiserver';
import { aggregateMessages } from '@windlass/meta';
import type { LimitRange, PersistentVolumeClaim } from '@windlass/resources';
import { isAbout } from '../matches.ts';
import { isPods, podOf } from '../pods.ts';
import { refused } from '../refused.ts';
import { checkClaim, checkPod } from './check.ts';
import { setDefaults } from './defaults.ts';

/** Containers of a running pod change by resize alone. */
const isPodWithResources = (attributes: AdmissionAttributes): boolean =>
  attributes.operation === 'CREATE' ? isPods(attributes) : isPods(attributes, 'resize');

const isClaim = (attributes: AdmissionAttributes): boolean => isAbout(attributes, '', 'persistentvolumeclaims');

/** The limit ranges of a namespace fill and bound what its pods and volume claims ask for. */
export function limitRanger(reader: ResourceReader): AdmissionPlugin {
  const rangesOf = ({ oldObject, namespace }: AdmissionAttributes): LimitRange[] =>
    oldObject?.metadata.deletionTimestamp ? [] : (reader.list('', 'limitranges', namespace) as unknown as LimitRange[]);
  return {
    name: 'LimitRanger',
    handles: (operation) => operation === 'CREATE' || operation === 'UPDATE',
    admit(attributes) {
      if (!isPodWithResources(attributes)) return;
      for (const range of rangesOf(attributes)) setDefaults(range, podOf(attributes));
    },
    validate(attributes) {
      const isPod = isPodWithResources(attributes);
      if (!isPod && !isClaim(attributes)) return;
      for (const range of rangesOf(attributes)) {
        const problems = isPod
          ? checkPod(range, podOf(attributes).spec)
          : checkClaim(range, attributes.object as unknown as PersistentVolumeClaim);
        if (problems.length > 0) throw refused(attributes, aggregateMessages(problems));
      }
    },
  };
}
