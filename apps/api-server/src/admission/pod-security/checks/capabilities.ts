import { allContainers } from '@windlass/resources';
import {
  type Check,
  type CheckedPod,
  containersText,
  containersWith,
  isWindows,
  quoted,
  sorted,
  type Violation,
} from './check.ts';

/** What container runtimes give anyway. */
const DEFAULTS: ReadonlySet<string> = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);

/** `containers "a", "b" must not include "X" in securityContext.capabilities.add`, undefined when no container does. */
function addsText(pod: CheckedPod, allowed: (capability: string) => boolean): string | undefined {
  const forbidden = (container: { securityContext?: { capabilities?: { add?: string[] } } }) =>
    (container.securityContext?.capabilities?.add ?? []).filter((capability) => !allowed(capability));
  const containers = containersWith(pod, (container) => forbidden(container).length > 0);
  if (containers.length === 0) return undefined;
  const values = sorted(allContainers(pod.spec).flatMap(forbidden));
  return `${containersText(containers)} must not include ${quoted(values)} in securityContext.capabilities.add`;
}

export const capabilitiesBaseline: Check = {
  id: 'capabilities_baseline',
  versions: [
    {
      since: 0,
      check(pod) {
        const detail = addsText(pod, (capability) => DEFAULTS.has(capability));
        return detail === undefined ? undefined : { reason: 'non-default capabilities', detail };
      },
    },
  ],
};

function restricted(pod: CheckedPod): Violation | undefined {
  const keeping = containersWith(pod, ({ securityContext }) => !securityContext?.capabilities?.drop?.includes('ALL'));
  const adding = addsText(pod, (capability) => capability === 'NET_BIND_SERVICE');
  const details = [
    ...(keeping.length > 0 ? [`${containersText(keeping)} must set securityContext.capabilities.drop=["ALL"]`] : []),
    ...(adding === undefined ? [] : [adding]),
  ];
  return details.length > 0 ? { reason: 'unrestricted capabilities', detail: details.join('; ') } : undefined;
}

export const capabilitiesRestricted: Check = {
  id: 'capabilities_restricted',
  overrides: ['capabilities_baseline'],
  versions: [
    { since: 22, check: restricted },
    { since: 25, check: (pod) => (isWindows(pod) ? undefined : restricted(pod)) },
  ],
};
