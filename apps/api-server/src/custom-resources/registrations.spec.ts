import type { AnyObject } from '@windlass/meta';
import type { CustomResourceDefinition } from '@windlass/resources';
import { registrationChanges, wantedRegistrations } from './registrations.ts';

const definition = (group: string, ...versions: [string, boolean][]) =>
  ({ spec: { group, versions: versions.map(([name, served]) => ({ name, served })) } }) as unknown as CustomResourceDefinition;
const existing = (name: string, automanaged?: string) =>
  ({ metadata: { name, labels: automanaged ? { 'kube-aggregator.kubernetes.io/automanaged': automanaged } : {} } }) as AnyObject;

test('every served version has one, however many definitions share it', () => {
  const wanted = wantedRegistrations([
    definition('a.example.com', ['v1', true], ['v1beta1', false]),
    definition('a.example.com', ['v1', true], ['v2', true]),
  ]);
  expect([...wanted.keys()]).toEqual(['v1.a.example.com', 'v2.a.example.com']);
  expect(wanted.get('v2.a.example.com')).toMatchObject({
    spec: { group: 'a.example.com', version: 'v2', groupPriorityMinimum: 1000, versionPriority: 100 },
  });
});

test('what is missing is made; only what was made for a definition goes', () => {
  const wanted = wantedRegistrations([definition('a.example.com', ['v1', true], ['v2', true])]);
  const { create, remove } = registrationChanges(wanted, [
    existing('v1.a.example.com'),
    existing('v1.gone.example.com', 'true'),
    existing('v1.apps', 'onstart'),
    existing('v1.theirs.example.com'),
  ]);
  expect(create.map(({ metadata }) => metadata.name)).toEqual(['v2.a.example.com']);
  expect(remove).toEqual(['v1.gone.example.com']);
});
