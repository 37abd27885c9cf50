import { equalJson, type FieldError, fieldError, goQuote, path } from '@windlass/meta';
import { goStruct } from '../internal/go-struct.ts';
import { objectDiff } from '../internal/object-diff.ts';
import type { Pod } from '../types.gen.ts';
import { annotationChanges } from './annotation-updates.ts';
import { MIRROR_POD } from './annotations.ts';
import { optionsFor } from './pod-options.ts';
import { validatePod } from './pod-rules.ts';

/** ValidatePodEphemeralContainersUpdate: ephemeral containers may be added, and stay as they are. */
export function validateEphemeralUpdate(pod: Pod, old: Pod): FieldError[] {
  if (old.metadata.annotations?.[MIRROR_POD] !== undefined)
    return [fieldError.forbidden('<nil>', 'static pods do not support ephemeral containers')];
  const errors = [...validatePod(pod, optionsFor(old.spec)), ...annotationChanges(pod, old)];
  const at = path('spec', 'ephemeralContainers');
  for (const before of old.spec.ephemeralContainers ?? []) {
    const after = pod.spec.ephemeralContainers?.find(({ name }) => name === before.name);
    const who = `existing ephemeral containers ${goQuote(before.name)}`;
    if (!after) errors.push(fieldError.forbidden(at, `${who} may not be removed\n`));
    else if (!equalJson(before, after)) {
      const diff = objectDiff(goStruct('EphemeralContainer', before), goStruct('EphemeralContainer', after));
      errors.push(fieldError.forbidden(at, `${who} may not be changed\n${diff}`));
    }
  }
  return errors;
}
