import { describe, expect, it } from '@jest/globals';
import { requestInfo } from '@windlass/apiserver';
import { sourceIps } from './event.ts';
import { backupName, expired } from './log-file.ts';
import { judge, parsePolicy } from './policy.ts';

const HEAD = 'apiVersion: audit.k8s.io/v1\nkind: Policy\n';
const policy = parsePolicy(`${HEAD}
omitStages: [RequestReceived]
omitManagedFields: true
rules:
- {level: None, users: [system:kube-proxy], verbs: [watch], resources: [{group: "", resources: [endpoints, services]}]}
- {level: None, nonResourceURLs: ["/api*", /version]}
- {level: Request, namespaces: [kube-system], resources: [{group: "", resources: [configmaps], resourceNames: [lock]}], omitManagedFields: false}
- {level: Metadata, resources: [{group: "", resources: ["*/status", "pods/*", secrets]}]}
- {level: RequestResponse, userGroups: [dev], resources: [{group: apps}], omitStages: [ResponseStarted]}
- {level: Metadata, namespaces: [""], verbs: [list]}
`);
const judged = (method: string, url: string, user = 'jane', groups: string[] = []) => {
  const [path = '', query] = url.split('?');
  return judge(policy, requestInfo(method, path, new URLSearchParams(query)), { username: user, groups });
};

describe('judge', () => {
  it.each([
    ['None', 'GET', '/api/v1/services?watch=1', 'system:kube-proxy'],
    ['None', 'GET', '/apis/apps', 'jane'],
    ['None', 'GET', '/version', 'jane'],
    ['None', 'GET', '/healthz', 'jane'],
    ['Request', 'PUT', '/api/v1/namespaces/kube-system/configmaps/lock', 'jane'],
    ['None', 'PUT', '/api/v1/namespaces/kube-system/configmaps/other', 'jane'],
    ['Metadata', 'PATCH', '/api/v1/nodes/n/status', 'jane'],
    ['Metadata', 'POST', '/api/v1/namespaces/a/pods/p/exec', 'jane'],
    ['Metadata', 'GET', '/api/v1/namespaces/a/pods/p', 'jane'],
    ['Metadata', 'GET', '/api/v1/nodes', 'jane'],
  ])('%s: %s %s by %s', (level, method, url, user) => {
    expect(judged(method, url, user).level).toBe(level);
  });
  it('joins stages to omit; a rule overrules the policy on managedFields', () => {
    const found = judged('GET', '/apis/apps/v1/namespaces/a/deployments', 'x', ['dev']);
    expect([...found.omitStages]).toEqual(['RequestReceived', 'ResponseStarted']);
    expect(found.omitManagedFields).toBe(true);
    expect(judged('PUT', '/api/v1/namespaces/kube-system/configmaps/lock').omitManagedFields).toBe(false);
  });
});

describe('parsePolicy', () => {
  it.each([
    ['another kind', 'apiVersion: v1\nkind: Pod', 'kind must be Policy'],
    ['no rules', HEAD, 'it has no rules'],
    ['a level', `${HEAD}rules: [{level: All}]`, 'rules[0].level: "All" is not one of None, Metadata, Request, RequestResponse'],
    ['a path', `${HEAD}rules: [{level: None, nonResourceURLs: ["/a*b"]}]`, 'rules[0].nonResourceURLs'],
    ['a group', `${HEAD}rules: [{level: None, resources: [{group: apps/v1}]}]`, 'must not have a version'],
  ])('refuses %s', (_, text, message) => {
    expect(() => parsePolicy(text)).toThrow(message);
  });
});

it('sourceIps: the client first, the peer last', () => {
  expect(sourceIps({ 'x-forwarded-for': '1.1.1.1, 2.2.2.2', 'x-real-ip': '1.1.1.1' }, '::ffff:3.3.3.3')).toEqual([
    '1.1.1.1',
    '2.2.2.2',
    '3.3.3.3',
  ]);
  expect(sourceIps({}, '127.0.0.1')).toEqual(['127.0.0.1']);
});

it('backups are named by time and end by age and number', () => {
  const day = (n: number) => new Date(Date.UTC(2026, 0, n));
  const names = [1, 2, 3, 4].map((n) => backupName('/var/log/audit.log', day(n)).slice('/var/log/'.length));
  expect(names[0]).toBe('audit-2026-01-01T00-00-00.000.log');
  const all = [...names, 'audit.log', 'audit-x.log', 'other'];
  expect(expired('/var/log/audit.log', all, day(5), { path: '', maxBackups: 3 })).toEqual([names[0]]);
  expect(expired('/var/log/audit.log', all, day(5), { path: '', maxAgeDays: 2 })).toEqual([names[1], names[0]]);
  expect(expired('/var/log/audit.log', all, day(5), { path: '' })).toEqual([]);
});
