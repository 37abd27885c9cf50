import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { daemonStopMs, readKubeletSettings } from './kubelet-settings.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'wlk-'));
afterAll(() => rmSync(directory, { recursive: true }));
const file = (text: string): string => {
  const name = path.join(directory, 'kubelet.yaml');
  writeFileSync(name, text);
  return name;
};

test('settings of a KubeletConfiguration, and how long a daemon may take to end with them', () => {
  const text = 'kind: KubeletConfiguration\napiVersion: kubelet.config.k8s.io/v1beta1\nshutdownGracePeriod: 30s\n';
  const settings = readKubeletSettings(file(text));
  expect(settings).toEqual({ shutdownGracePeriod: '30s' });
  expect([daemonStopMs(settings), daemonStopMs(undefined)]).toEqual([40_000, 10_000]);
});

test.each([
  ['kind: Pod', /kubelet\.yaml: want a KubeletConfiguration, found Pod/],
  ['shutdownGracePeriod: 1s\nshutdownGracePeriodCriticalPods: 2s', /shutdownGracePeriodCriticalPods: must be at most/],
  ['a: [', /--kubelet-config .*kubelet\.yaml: /],
])('refused: %j', (text, why) => expect(() => readKubeletSettings(file(text))).toThrow(why));

test('no such file', () => expect(() => readKubeletSettings('/nonexistent')).toThrow(/--kubelet-config \/nonexistent: /));
