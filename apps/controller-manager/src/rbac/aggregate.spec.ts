import type { ClusterRole } from '@windlass/resources';
import { aggregatedRules } from './aggregate.ts';

const role = (name: string, labels: Record<string, string>, resources: string[], more: object = {}): ClusterRole => ({
  metadata: { name, labels },
  rules: resources.map((resource) => ({ apiGroups: [''], resources: [resource], verbs: ['get'] })),
  ...more,
});
const selects = (...labels: string[]) => ({
  aggregationRule: { clusterRoleSelectors: labels.map((label) => ({ matchLabels: { [label]: 'true' } })) },
});
const resourcesOf = (rules: ReturnType<typeof aggregatedRules>) => rules.map(({ resources }) => resources?.[0]);

it('rules come selector by selector, then by name, each once, and never from the role itself', () => {
  const whole = role('whole', { a: 'true' }, ['own'], selects('b', 'a'));
  const all = [
    whole,
    role('z', { a: 'true' }, ['pods', 'secrets']),
    role('y', { a: 'true' }, ['secrets', 'nodes']),
    role('x', { b: 'true' }, ['services']),
    role('w', {}, ['events']),
  ];
  expect(resourcesOf(aggregatedRules(whole, all))).toEqual(['services', 'secrets', 'nodes', 'pods']);
});

it('a role that does not aggregate has none', () => {
  expect(aggregatedRules(role('a', {}, ['pods']), [role('b', {}, ['pods'])])).toEqual([]);
});
