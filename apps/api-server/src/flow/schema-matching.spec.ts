import { describe, expect, it } from '@jest/globals';
import type { RequestInfo } from '@windlass/apiserver';
import { requestInfo } from '@windlass/apiserver';
import { bootstrapData, type FlowSchema } from '@windlass/resources';
import { FLOW_GROUP } from './flow-control.ts';
import { byPrecedence, distinguisher, matchesSchema } from './schema-matching.ts';

const schemas = byPrecedence(bootstrapData[`${FLOW_GROUP}/flowschemas`] as unknown as FlowSchema[]);
const info = (method: string, url: string): RequestInfo => {
  const [path = '', query] = url.split('?');
  return requestInfo(method, path, new URLSearchParams(query));
};
const node = { username: 'system:node:n1', groups: ['system:nodes', 'system:authenticated'] };
const account = (name: string) => ({
  username: `system:serviceaccount:${name}`,
  groups: ['system:serviceaccounts', `system:serviceaccounts:${name.split(':')[0]}`, 'system:authenticated'],
});
const admin = { username: 'admin', groups: ['system:masters', 'system:authenticated'] };
const nobody = { username: 'system:anonymous', groups: ['system:unauthenticated'] };
const jane = { username: 'jane', groups: ['system:authenticated'] };
const manager = { username: 'system:kube-controller-manager', groups: ['system:authenticated'] };

describe('the schemas of every cluster', () => {
  it.each([
    ['exempt', admin, 'GET', '/api/v1/pods', ''],
    ['probes', nobody, 'GET', '/readyz', ''],
    ['probes', jane, 'GET', '/livez/ping', ''],
    ['system-leader-election', manager, 'PUT', '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/x', manager.username],
    ['kube-controller-manager', manager, 'GET', '/api/v1/namespaces/a/pods', 'a'],
    ['system-node-high', node, 'PATCH', '/api/v1/nodes/n1/status', node.username],
    ['system-node-high', node, 'PUT', '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/n1', node.username],
    ['system-nodes', node, 'GET', '/api/v1/pods?watch=1', node.username],
    ['kube-system-service-accounts', account('kube-system:x'), 'GET', '/api/v1/pods', ''],
    ['service-accounts', account('a:x'), 'GET', '/api/v1/pods', 'system:serviceaccount:a:x'],
    ['global-default', jane, 'GET', '/apis', 'jane'],
    ['global-default', nobody, 'GET', '/api/v1/pods', 'system:anonymous'],
  ])('%s takes %o', (name, user, method, url, flow) => {
    const request = info(method, url);
    const found = schemas.find((schema) => matchesSchema(schema, request, user))!;
    expect([found.metadata.name, distinguisher(found, request, user)]).toEqual([name, flow]);
  });
});
