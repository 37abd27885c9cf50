import { allContainers } from '@windlass/resources';
import {
  type Check,
  type CheckedPod,
  containersText,
  containersWith,
  hasOwnUsers,
  isWindows,
  quoted,
  settersText,
  sorted,
  type Violation,
} from './check.ts';

export const privileged: Check = {
  id: 'privileged',
  versions: [
    {
      since: 0,
      check(pod) {
        const containers = containersWith(pod, ({ securityContext }) => securityContext?.privileged);
        return containers.length > 0
          ? { reason: 'privileged', detail: `${containersText(containers)} must not set securityContext.privileged=true` }
          : undefined;
      },
    },
  ],
};

function escalation(pod: CheckedPod): Violation | undefined {
  const containers = containersWith(pod, ({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false);
  return containers.length > 0
    ? {
        reason: 'allowPrivilegeEscalation != false',
        detail: `${containersText(containers)} must set securityContext.allowPrivilegeEscalation=false`,
      }
    : undefined;
}

export const allowPrivilegeEscalation: Check = {
  id: 'allowPrivilegeEscalation',
  versions: [
    { since: 8, check: escalation },
    { since: 25, check: (pod) => (isWindows(pod) ? undefined : escalation(pod)) },
  ],
};

function unmasked(pod: CheckedPod): Violation | undefined {
  const isBad = ({ securityContext }: { securityContext?: { procMount?: string } }) =>
    securityContext?.procMount !== undefined && securityContext.procMount !== 'Default';
  const containers = containersWith(pod, isBad);
  if (containers.length === 0) return undefined;
  const values = sorted(
    allContainers(pod.spec)
      .filter(isBad)
      .map(({ securityContext }) => securityContext!.procMount!),
  );
  return {
    reason: 'procMount',
    detail: `${containersText(containers)} must not set securityContext.procMount to ${quoted(values)}`,
  };
}

export const procMount: Check = {
  id: 'procMount',
  versions: [
    { since: 0, check: unmasked },
    { since: 35, check: (pod) => (hasOwnUsers(pod) ? undefined : unmasked(pod)) },
  ],
};

export const procMountRestricted: Check = {
  id: 'procMount_restricted',
  overrides: ['procMount'],
  versions: [{ since: 35, check: unmasked }],
};

function mayBeRoot(pod: CheckedPod): Violation | undefined {
  if (hasOwnUsers(pod)) return undefined;
  const reason = 'runAsNonRoot != true';
  const ofPod = pod.spec.securityContext?.runAsNonRoot;
  const explicit = containersWith(pod, ({ securityContext }) => securityContext?.runAsNonRoot === false);
  if (ofPod === false || explicit.length > 0)
    return { reason, detail: `${settersText(ofPod === false, explicit)} must not set securityContext.runAsNonRoot=false` };
  const silent = containersWith(pod, ({ securityContext }) => !ofPod && securityContext?.runAsNonRoot === undefined);
  return silent.length > 0
    ? { reason, detail: `pod or ${containersText(silent)} must set securityContext.runAsNonRoot=true` }
    : undefined;
}

export const runAsNonRoot: Check = { id: 'runAsNonRoot', versions: [{ since: 0, check: mayBeRoot }] };

export const runAsUser: Check = {
  id: 'runAsUser',
  versions: [
    {
      since: 23,
      check(pod) {
        if (hasOwnUsers(pod)) return undefined;
        const isPod = pod.spec.securityContext?.runAsUser === 0;
        const containers = containersWith(pod, ({ securityContext }) => securityContext?.runAsUser === 0);
        return isPod || containers.length > 0
          ? { reason: 'runAsUser=0', detail: `${settersText(isPod, containers)} must not set runAsUser=0` }
          : undefined;
      },
    },
  ],
};
