import type { Pod } from '@windlass/resources';
import { sandboxConfig } from './sandbox-config.ts';

const facts = {
  attempt: 0,
  logDirectory: '/logs',
  cgroupParent: '/pods/u',
  dns: { servers: [], searches: [], options: [] },
  clusterDomain: 'cluster.local',
};
const pod = (spec: Partial<Pod['spec']>): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'n', uid: 'u' },
  spec: { containers: [{ name: 'c', image: 'i' }], ...spec },
});

test.each([
  ['the name of the pod', {}, 'web'],
  ['the given one', { hostname: 'given' }, 'given'],
  ['with its domain', { hostname: 'given', subdomain: 'sub', setHostnameAsFQDN: true }, 'given.sub.n.svc.cluster.local'],
  ['the override', { hostname: 'given', hostnameOverride: 'other.example.com' }, 'other.example.com'],
  ['none in the UTS namespace of the node', { hostNetwork: true, hostname: 'given' }, ''],
])('host name of a sandbox: %s', (_, spec, hostname) => {
  expect(sandboxConfig(pod(spec), facts).hostname).toBe(hostname);
});
