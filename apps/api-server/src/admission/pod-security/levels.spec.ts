import { fieldErrorMessage } from '@windlass/meta';
import { levelText, PREFIX, policyOf } from './levels.ts';

const labels = (values: Record<string, string>) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [PREFIX + key, value]));

test.each<[Record<string, string>, string[]]>([
  [{}, ['privileged:latest', 'privileged:latest', 'privileged:latest']],
  [{ enforce: 'baseline', 'enforce-version': 'v1.25' }, ['baseline:v1.25', 'privileged:latest', 'baseline:v1.25']],
  [{ enforce: 'baseline', warn: 'privileged' }, ['baseline:latest', 'privileged:latest', 'privileged:latest']],
  [{ enforce: 'baseline', 'warn-version': 'v1.30' }, ['baseline:latest', 'privileged:latest', 'baseline:v1.30']],
  [{ audit: 'restricted' }, ['privileged:latest', 'restricted:latest', 'privileged:latest']],
  [{ enforce: 'bogus', audit: 'bogus' }, ['restricted:latest', 'privileged:latest', 'privileged:latest']],
])('labels %j ask for %j', (values, wanted) => {
  const { enforce, audit, warn } = policyOf(labels(values)).policy;
  expect([enforce, audit, warn].map(levelText)).toEqual(wanted);
});

test('labels that cannot be read', () => {
  expect(policyOf(labels({ enforce: 'x', 'warn-version': 'v0.x' })).errors.map(fieldErrorMessage)).toEqual([
    'metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "x": must be one of privileged, baseline, restricted',
    'metadata.labels[pod-security.kubernetes.io/warn-version]: Invalid value: "v0.x": must be "latest" or "v1.x"',
  ]);
});
