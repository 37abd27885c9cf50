import type { AdmissionAttributes } from '@windlass/apiserver';
import type { AnyObject } from '@windlass/meta';
import type { Container, EphemeralContainer, Pod } from '@windlass/resources';
import type { CheckedPod } from './checks/check.ts';

type TemplateOf = (object: AnyObject) => CheckedPod | undefined;
const inSpec: TemplateOf = ({ spec }) => spec?.template;

/** `group/resource` → the template of the pods that it will make. */
const TEMPLATES: Record<string, TemplateOf> = {
  '/podtemplates': ({ template }) => template,
  '/replicationcontrollers': inSpec,
  'apps/daemonsets': inSpec,
  'apps/deployments': inSpec,
  'apps/replicasets': inSpec,
  'apps/statefulsets': inSpec,
  'batch/jobs': inSpec,
  'batch/cronjobs': ({ spec }) => spec?.jobTemplate?.spec?.template,
};

/** The pod template in the object of the request, when it is of a kind that has one. */
export function templateOf({ resource, subresource, object }: AdmissionAttributes): CheckedPod | undefined {
  const template = subresource === '' ? TEMPLATES[`${resource.group}/${resource.resource}`]?.(object!) : undefined;
  return template && { metadata: template.metadata ?? {}, spec: template.spec };
}

const SECCOMP_POD = 'seccomp.security.alpha.kubernetes.io/pod';
const SECCOMP_PREFIX = 'container.seccomp.security.alpha.kubernetes.io/';

/** Whether an update of a pod changes what can matter: images, seccomp annotations, new containers. */
export function isSignificantUpdate(pod: Pod, old: Pod): boolean {
  const changed = (key: string) => pod.metadata.annotations?.[key] !== old.metadata.annotations?.[key];
  const differs = (now: Container | EphemeralContainer, before: Container | EphemeralContainer | undefined) =>
    now.image !== before?.image || changed(SECCOMP_PREFIX + now.name);
  const { containers, initContainers = [], ephemeralContainers = [] } = pod.spec;
  const before = old.spec;
  return (
    changed(SECCOMP_POD) ||
    containers.length !== before.containers.length ||
    initContainers.length !== (before.initContainers ?? []).length ||
    containers.some((one, i) => differs(one, before.containers[i])) ||
    initContainers.some((one, i) => differs(one, before.initContainers?.[i])) ||
    ephemeralContainers.some((one) =>
      differs(
        one,
        before.ephemeralContainers?.find(({ name }) => name === one.name),
      ),
    )
  );
}
