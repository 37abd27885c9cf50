import { createAuthority, detachedSignature } from '@windlass/pki';
import { renewalAt } from './certificates.ts';
import { authorityOf, publicKeyHash } from './cluster-info.ts';
import { agentMistakes, parseLabel, parseTaint } from './options.ts';

const TOKEN = 'abcdef.0123456789abcdef';
const good = { stateDir: '/s', server: 'https://h:6443', nodeName: 'n', nodeIp: '10.0.0.1', labels: {}, taints: [] };

test('mistakes name the option and the reason', () => {
  expect(agentMistakes(good, { token: TOKEN, caCertHashes: [] })).toEqual([]);
  const bad = { ...good, stateDir: 's', server: 'http://h', nodeName: 'N_1', nodeIp: 'here' };
  expect(agentMistakes(bad, { token: 'x', caCertHashes: ['sha256:12'] })).toEqual([
    '--state-dir s: want an absolute path',
    '--server http://h: want https://HOST:PORT',
    '--token: want six and sixteen lower case letters and digits, as in abcdef.0123456789abcdef',
    '--ca-cert-hash sha256:12: want sha256: and 64 hexadecimal digits',
    '--node-name N_1: want lower case letters, digits, "-" and "."',
    '--node-ip here: want an IP address of this machine',
  ]);
});

test('labels and taints', () => {
  expect(parseLabel('a.b/c=d')).toEqual(['a.b/c', 'd']);
  expect(() => parseLabel('a')).toThrow('--label a: want key=value');
  expect(parseTaint('k=v:NoSchedule')).toEqual({ key: 'k', value: 'v', effect: 'NoSchedule' });
  expect(parseTaint('k:NoExecute')).toEqual({ key: 'k', effect: 'NoExecute' });
  expect(() => parseTaint('k=v')).toThrow('--taint k=v: want key=value:effect');
});

test('the authority is believed when the token signed it and its key is the one that was named', async () => {
  const { cert } = await createAuthority('ca');
  const kubeconfig = `clusters:\n- cluster:\n    certificate-authority-data: ${Buffer.from(cert).toString('base64')}\n`;
  const data = { kubeconfig, 'jws-kubeconfig-abcdef': detachedSignature(kubeconfig, 'abcdef', '0123456789abcdef') };
  expect(authorityOf(data, TOKEN, [])).toBe(cert);
  expect(authorityOf(data, TOKEN, [`sha256:${'0'.repeat(64)}`, publicKeyHash(cert).toUpperCase().replace('SHA', 'sha')])).toBe(
    cert,
  );
  expect(() => authorityOf(data, TOKEN, [`sha256:${'0'.repeat(64)}`])).toThrow(/which is not among --ca-cert-hash/);
  expect(() => authorityOf(data, 'abcdef.0123456789abcdee', [])).toThrow(/not signed with this token/);
  expect(() => authorityOf(data, 'aaaaaa.0123456789abcdef', [])).toThrow(/token id "aaaaaa" is invalid for this cluster/);
  const other = { ...data, kubeconfig: kubeconfig.replace('clusters', ' clusters') };
  expect(() => authorityOf(other, TOKEN, [])).toThrow(/not signed with this token/);
  expect(() => authorityOf({}, TOKEN, [])).toThrow(/no kubeconfig/);
});

test('certificates are replaced between 70 and 90 percent of their life', () => {
  const [from, to] = [new Date(0), new Date(1000)];
  expect([0, 0.5, 1].map((random) => renewalAt(from, to, random).getTime())).toEqual([700, 800, 900]);
});
