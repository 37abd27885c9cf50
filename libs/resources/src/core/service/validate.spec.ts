import { expect, test } from '@jest/globals';
import { fieldErrorMessage } from '@windlass/meta';
import type { Service } from '../../types.gen.ts';
import { defaultService } from './defaults.ts';
import { type IpFamily, initIpFamilies } from './ip-families.ts';
import { dropTypeDependentFields, keepAllocatedValues, normalizeClusterIps } from './linked-fields.ts';
import { validateService, validateServiceUpdate } from './validate.ts';
import { serviceWarnings } from './warnings.ts';

const service = (spec: Partial<Service['spec']>): Service => {
  const made = { metadata: { name: 'x' }, spec: { ports: [{ port: 80 }], ...spec } } as Service;
  defaultService(made);
  return made;
};
const texts = (spec: Partial<Service['spec']>): string[] => validateService(service(spec)).map(fieldErrorMessage);

test.each<[string, Partial<Service['spec']>, string[]]>([
  ['a plain one', {}, []],
  ['no ports', { ports: [] }, ['spec.ports: Required value']],
  ['headless needs none', { ports: [], clusterIP: 'None', clusterIPs: ['None'] }, []],
  ['unnamed ports', { ports: [{ port: 1 }, { port: 2, name: 'b' }] }, ['spec.ports[0].name: Required value']],
  [
    'a pair twice',
    {
      ports: [
        { port: 1, name: 'a' },
        { port: 1, name: 'b' },
      ],
    },
    ['spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":1,"TargetPort":0,"NodePort":0}'],
  ],
  [
    'one port of two protocols',
    {
      ports: [
        { port: 1, name: 'a' },
        { port: 1, name: 'b', protocol: 'UDP' },
      ],
    },
    [],
  ],
  [
    'the port of kubelets in the open',
    { type: 'LoadBalancer', ports: [{ port: 10250 }] },
    ['spec.ports[0]: Invalid value: 10250: may not expose port 10250 externally since it is used by kubelet'],
  ],
  ['a name with a trailing dot', { type: 'ExternalName', externalName: 'a.b.' }, []],
  [
    'a wrong source range',
    { type: 'LoadBalancer', loadBalancerSourceRanges: [' 10.0.0.0/8 ', 'x'] },
    ['spec.LoadBalancerSourceRanges[1]: Invalid value: "x": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'],
  ],
  [
    'two IPs of one family',
    { clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1', '10.0.0.2'] },
    ['spec.clusterIPs: Invalid value: ["10.0.0.1","10.0.0.2"]: may specify no more than one IP for each IP family'],
  ],
])('%s', (_, spec, expected) => expect(texts(spec)).toEqual(expected));

test('the first cluster IP is for life, the second one goes with SingleStack', () => {
  const old = service({ clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1', 'fd00::1'], ipFamilies: ['IPv4', 'IPv6'] });
  const other = service({ clusterIP: '10.0.0.2', clusterIPs: ['10.0.0.2', 'fd00::1'], ipFamilies: ['IPv4', 'IPv6'] });
  expect(validateServiceUpdate(other, old).map(({ field, detail }) => `${field} ${detail}`)).toEqual([
    'spec.clusterIPs[0] may not change once set',
  ]);
  const single = service({ ...old.spec, ipFamilyPolicy: 'SingleStack' });
  expect(initIpFamilies(single, old, ['IPv4', 'IPv6'])).toEqual([]);
  expect(single.spec).toMatchObject({ clusterIPs: ['10.0.0.1'], ipFamilies: ['IPv4'] });
  expect(validateServiceUpdate(single, old)).toEqual([]);
});

test.each<[string, Partial<Service['spec']>, IpFamily[], object]>([
  ['default', {}, ['IPv4'], { ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' }],
  ['prefers both', { ipFamilyPolicy: 'PreferDualStack' }, ['IPv6', 'IPv4'], { ipFamilies: ['IPv6', 'IPv4'] }],
  ['has one only', { ipFamilyPolicy: 'PreferDualStack' }, ['IPv4'], { ipFamilies: ['IPv4'] }],
  [
    'headless',
    { clusterIP: 'None', clusterIPs: ['None'] },
    ['IPv4'],
    { ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'RequireDualStack' },
  ],
  ['follows the IP', { clusterIP: 'fd00::1', clusterIPs: ['fd00::1'] }, ['IPv4', 'IPv6'], { ipFamilies: ['IPv6'] }],
])('families: %s', (_, spec, configured, expected) => {
  const made = service(spec);
  expect(initIpFamilies(made, undefined, configured)).toEqual([]);
  expect(made.spec).toMatchObject(expected);
});

test('a manifest sent again keeps what was allocated', () => {
  const old = service({
    type: 'NodePort',
    ports: [{ port: 80, name: 'a', nodePort: 30001 }],
    clusterIP: '10.0.0.1',
    clusterIPs: ['10.0.0.1'],
  });
  const again = service({ type: 'NodePort', ports: [{ port: 81, name: 'a' }] });
  keepAllocatedValues(again, old);
  normalizeClusterIps(again, old);
  expect(again.spec).toMatchObject({ clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1'], ports: [{ nodePort: 30001 }] });
});

test('a change of type drops what it has no use for', () => {
  const old = service({
    type: 'LoadBalancer',
    ports: [{ port: 80, nodePort: 30001 }],
    clusterIP: '10.0.0.1',
    clusterIPs: ['10.0.0.1'],
  });
  const next = structuredClone(old);
  next.spec.type = 'ExternalName';
  next.spec.externalName = 'a.b';
  dropTypeDependentFields(next, old);
  expect(next.spec).toEqual({
    type: 'ExternalName',
    externalName: 'a.b',
    sessionAffinity: 'None',
    ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
  });
});

test('warnings', () => {
  const given = service({ externalIPs: ['010.0.0.1'], externalName: 'a', trafficDistribution: 'PreferClose' });
  expect(serviceWarnings(given)).toEqual([
    'spec.externalIPs[0]: non-standard IP address "010.0.0.1" will be considered invalid in a future Kubernetes release: use "10.0.0.1"',
    'spec.externalName is ignored when spec.type is not "ExternalName"',
    'spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"',
  ]);
});
