import { type RuleSubject, ruleMatches } from './rules.ts';

const subject: RuleSubject = {
  operation: 'CREATE',
  resource: { group: 'apps', version: 'v1', resource: 'deployments' },
  subresource: '',
  namespace: 'default',
  name: 'a',
};
const rule = { operations: ['*' as const], apiGroups: ['*'], apiVersions: ['*'], resources: ['*'] };

test.each([
  ['everything', {}, {}, true],
  ['another operation', { operations: ['DELETE' as const] }, {}, false],
  ['another group', { apiGroups: ['batch'] }, {}, false],
  ['another version', { apiVersions: ['v1beta1'] }, {}, false],
  ['the resource by name', { resources: ['deployments'] }, {}, true],
  ['a subresource is not its resource', { resources: ['deployments'] }, { subresource: 'scale' }, false],
  ['* is no subresource', { resources: ['*'] }, { subresource: 'scale' }, false],
  ['all subresources', { resources: ['deployments/*'] }, { subresource: 'scale' }, true],
  ['a subresource of all', { resources: ['*/scale'] }, { subresource: 'scale' }, true],
  ['all of all', { resources: ['*/*'] }, { subresource: 'scale' }, true],
  ['cluster scope', { scope: 'Cluster' as const }, {}, false],
  ['namespaced scope', { scope: 'Namespaced' as const }, {}, true],
  [
    'a namespace is cluster-scoped',
    { scope: 'Cluster' as const },
    { resource: { group: '', version: 'v1', resource: 'namespaces' } },
    true,
  ],
  ['a name', { resourceNames: ['b'] }, {}, false],
])('%s', (_, changes, about, expected) => {
  expect(ruleMatches({ ...rule, ...changes }, { ...subject, ...about })).toBe(expected);
});
