import type { Pod } from '@windlass/resources';
import { forbiddenSysctl, sysctlPatternMistakes } from './sysctls.ts';

const pod = (name: string, more: object = {}) =>
  ({ metadata: {}, spec: { containers: [], securityContext: { sysctls: [{ name, value: '1' }] }, ...more } }) as Pod;

test.each([
  ['kernel.shm_rmid_forced', {}, undefined],
  ['kernel/shm_rmid_forced', {}, undefined],
  ['net.ipv4.tcp_syncookies', { hostIPC: true }, undefined],
  ['kernel.msgmax', {}, 'forbidden sysctl: "kernel.msgmax" not allowlisted'],
  ['net/ipv4/conf/eth0.1/mtu', {}, 'forbidden sysctl: "net.ipv4.conf.eth0/1.mtu" not allowlisted'],
  ['constructor', {}, 'forbidden sysctl: "constructor" not allowlisted'],
  ['kernel.shm_rmid_forced', { hostIPC: true }, 'forbidden sysctl: "kernel.shm_rmid_forced" not allowed with host ipc enabled'],
  ['net.ipv4.tcp_rmem', { hostNetwork: true }, 'forbidden sysctl: "net.ipv4.tcp_rmem" not allowed with host net enabled'],
])('%s with %j', (name, more, wanted) => {
  expect(forbiddenSysctl(pod(name, more), [])).toBe(wanted);
});

test('a pod without sysctls', () => {
  expect(forbiddenSysctl({ metadata: {}, spec: { containers: [] } } as Pod, [])).toBeUndefined();
});

test.each([
  ['kernel.msgmax', {}, ['kernel.msg*'], undefined],
  ['kernel.msgmax', {}, ['kernel/msgmax'], undefined],
  ['kernel.msgmax', {}, ['kernel.msgmnb', 'net.*'], 'forbidden sysctl: "kernel.msgmax" not allowlisted'],
  ['kernel.msgmax', { hostIPC: true }, ['kernel.msg*'], 'forbidden sysctl: "kernel.msgmax" not allowed with host ipc enabled'],
  [
    'net.core.somaxconn',
    { hostNetwork: true },
    ['net.*'],
    'forbidden sysctl: "net.core.somaxconn" not allowed with host net enabled',
  ],
])('%s with %j, allowed %j', (name, more, allowed, wanted) => {
  expect(forbiddenSysctl(pod(name, more), allowed)).toBe(wanted);
});

test('patterns that are refused', () => {
  expect(sysctlPatternMistakes(['net.*', 'kernel.sem', 'kernel.msg*', 'vm.*', 'vm.swappiness', '*net', '*'])).toEqual([
    'the sysctls "vm.*" are not known to be namespaced',
    'the sysctl "vm.swappiness" are not known to be namespaced',
    'sysctl "*net" must have at most 253 characters and be a name, or the beginning of names and *',
    'the sysctls "*" are not known to be namespaced',
  ]);
});
