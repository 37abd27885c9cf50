import { describe, expect, it } from '@jest/globals';
import type { IPAddress, Service } from '@windlass/resources';
import { slicesOf, subsetsOf } from './default-endpoints.ts';
import type { PortClaim } from './node-ports.ts';
import { findRepairs } from './repair.ts';
import { leaseName } from './server-leases.ts';
import { ipAddressOf } from './service-ips.ts';

const now = new Date('2026-01-01T12:00:00Z');
const OLD = '2026-01-01T11:00:00Z';
const YOUNG = '2026-01-01T11:59:30Z';
const owner = (name: string) => ({ namespace: 'default', name, uid: `uid-${name}` });
const service = (name: string, ip: string, nodePort?: number): Service =>
  ({
    metadata: { name, namespace: 'default', uid: `uid-${name}` },
    spec: { clusterIP: ip, clusterIPs: [ip], ports: [{ port: 80, ...(nodePort ? { nodePort } : {}) }] },
  }) as unknown as Service;
const address = (ip: string, name: string, creationTimestamp = OLD): IPAddress => {
  const made = ipAddressOf(ip, 'IPv4', owner(name)) as unknown as IPAddress;
  return { ...made, metadata: { ...made.metadata, creationTimestamp } };
};
const claim = (port: number, name: string, creationTimestamp = OLD): PortClaim => ({
  kind: 'NodePortClaim',
  metadata: { name: String(port), creationTimestamp },
  owner: owner(name),
});

describe('findRepairs', () => {
  const none = { missingIps: [], missingPorts: [], leakedIps: [], leakedPorts: [] };
  it('finds nothing where all agree', () => {
    const services = [service('a', '10.0.0.1', 30001), service('headless', 'None')];
    expect(findRepairs(services, [address('10.0.0.1', 'a')], [claim(30001, 'a')], now)).toEqual(none);
  });
  it('finds claims of nobody, or of another, once they are old', () => {
    const found = findRepairs(
      [service('a', '10.0.0.1', 30001)],
      [address('10.0.0.1', 'a'), address('10.0.0.2', 'gone'), address('10.0.0.3', 'coming', YOUNG)],
      [claim(30001, 'other'), claim(30002, 'gone'), claim(30003, 'coming', YOUNG)],
      now,
    );
    expect(found.leakedIps.map(({ metadata }) => metadata.name)).toEqual(['10.0.0.2']);
    expect(found.leakedPorts.map(({ port }) => port)).toEqual([30001, 30002]);
  });
  it('finds what services have and nobody recorded', () => {
    expect(findRepairs([service('a', '10.0.0.1', 30001)], [], [], now)).toEqual({
      ...none,
      missingIps: [{ ip: '10.0.0.1', owner: owner('a') }],
      missingPorts: [{ port: 30001, owner: owner('a') }],
    });
  });
  it('leaves addresses that are not its own', () => {
    const foreign = { ...address('10.0.0.9', 'x'), metadata: { name: '10.0.0.9', creationTimestamp: OLD } } as IPAddress;
    expect(findRepairs([], [foreign], [], now)).toEqual(none);
  });
});

it('servers on other ports get slices of their own', () => {
  const servers = [
    { host: '10.1.0.2', port: 6444 },
    { host: '10.1.0.3', port: 6443 },
    { host: '10.1.0.2', port: 6443 },
  ];
  expect(slicesOf(servers).map(({ metadata, endpoints }) => [metadata.name, endpoints.length])).toEqual([
    ['kubernetes', 2],
    ['kubernetes-6444', 1],
  ]);
  expect(subsetsOf(servers)[0]!.addresses).toEqual([{ ip: '10.1.0.2' }, { ip: '10.1.0.3' }]);
});

it('lease names are those of host and port', () => {
  expect(leaseName('vm', 6443)).toMatch(/^apiserver-[a-z2-7]{26}$/);
  expect(leaseName('vm', 6443)).toBe(leaseName('vm', 6443));
  expect(leaseName('vm', 6444)).not.toBe(leaseName('vm', 6443));
});
