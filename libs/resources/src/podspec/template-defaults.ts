import type { PodSpec, PodTemplateSpec } from '../types.gen.ts';
import { defaultContainer, roundUp } from './container-defaults.ts';
import { defaultVolume } from './volume-defaults.ts';

const GRACE_SECONDS = 30;

/** SetDefaults_PodSpec and those of what is in it: what pods and pod templates share. */
export function defaultPodSpec(spec: PodSpec): void {
  spec.volumes?.forEach(defaultVolume);
  spec.initContainers?.forEach(defaultContainer);
  spec.containers?.forEach(defaultContainer);
  spec.ephemeralContainers?.forEach(defaultContainer);
  spec.restartPolicy ||= 'Always';
  spec.terminationGracePeriodSeconds ??= GRACE_SECONDS;
  spec.dnsPolicy ||= 'ClusterFirst';
  spec.securityContext ??= {};
  spec.schedulerName ||= 'default-scheduler';
  // The older name of the field follows the newer one, which it may stand in for.
  spec.serviceAccountName ||= spec.serviceAccount;
  if (spec.serviceAccountName) spec.serviceAccount = spec.serviceAccountName;
  else {
    delete spec.serviceAccountName;
    delete spec.serviceAccount;
  }
  roundUp(spec.overhead);
}

/** Fills a pod template in place. */
export function defaultPodTemplate(template: PodTemplateSpec): void {
  template.spec ??= { containers: [] };
  defaultPodSpec(template.spec);
}
