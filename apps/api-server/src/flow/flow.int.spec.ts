import https from 'node:https';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { AnyObject } from '@windlass/meta';
import { issueClientCertificate } from '@windlass/pki';
import { settled, useApiServer } from '@windlass/testkit';

const flow = (resource: string, kind: string) =>
  ({ group: 'flowcontrol.apiserver.k8s.io', version: 'v1', resource, namespaced: false, kind }) as const;
const SCHEMAS = flow('flowschemas', 'FlowSchema');
const LEVELS = flow('prioritylevelconfigurations', 'PriorityLevelConfiguration');
const core = (resource: string, kind: string) => ({ group: '', version: 'v1', resource, namespaced: true, kind }) as const;

const api = useApiServer({ maxRequestsInflight: 16, maxMutatingRequestsInflight: 8 });
const agents: https.Agent[] = [];
afterAll(async () => {
  for (const agent of agents) agent.destroy();
});

async function agentOf(user: string, groups: string[] = []): Promise<https.Agent> {
  const { cert, key } = await issueClientCertificate(api.server.pki, { user, groups, days: 1 });
  const agent = new https.Agent({ keepAlive: true, cert, key, ca: api.server.pki.caCert, maxSockets: 60 });
  agents.push(agent);
  return agent;
}

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  ms: number;
}

function send(agent: https.Agent, method: string, path: string, body?: object): Promise<Answer> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const headers = body ? { 'content-type': 'application/json' } : {};
    const request = https.request(new URL(path, api.server.url), { agent, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
          ms: performance.now() - started,
        }),
      );
    });
    request.on('error', reject);
    request.end(body ? JSON.stringify(body) : undefined);
  });
}

describe('priority and fairness', () => {
  it('names the objects by which a request was judged', async () => {
    const answer = await send(await agentOf('jane'), 'GET', '/api/v1/namespaces');
    const schema = await api.server.admin.resource<AnyObject>(SCHEMAS).get({ name: 'global-default' });
    const level = await api.server.admin.resource<AnyObject>(LEVELS).get({ name: 'global-default' });
    expect(answer.status).toBe(403);
    expect(answer.headers['x-kubernetes-pf-flowschema-uid']).toBe(schema.metadata.uid);
    expect(answer.headers['x-kubernetes-pf-prioritylevel-uid']).toBe(level.metadata.uid);
  });

  it('a noisy client is told to wait, and a node daemon hardly notices it', async () => {
    const role = {
      metadata: { name: 'noise' },
      rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['list'] }],
    } as unknown as AnyObject;
    const rbac = (resource: string, kind: string) =>
      ({ group: 'rbac.authorization.k8s.io', version: 'v1', resource, namespaced: false, kind }) as const;
    await api.server.admin.resource<AnyObject>(rbac('clusterroles', 'ClusterRole')).create(role);
    await api.server.admin.resource<AnyObject>(rbac('clusterrolebindings', 'ClusterRoleBinding')).create({
      metadata: { name: 'noise' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'noise' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'noisy' }],
    } as unknown as AnyObject);
    for (let i = 0; i < 40; i++)
      await api.server.admin.resource<AnyObject>(core('configmaps', 'ConfigMap')).create({
        metadata: { name: `cm-${i}`, namespace: 'default' },
        data: { text: 'x'.repeat(1000) },
      } as unknown as AnyObject);
    const nodeAgent = await agentOf('system:node:n1', ['system:nodes']);
    const lease = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
    const made = await send(nodeAgent, 'POST', lease, { metadata: { name: 'n1' }, spec: { holderIdentity: 'n1' } });
    expect(made.status).toBe(201);

    const noisy = await agentOf('noisy');
    const median = (answers: readonly Answer[]) => answers.map(({ ms }) => ms).sort((a, b) => a - b)[answers.length >> 1]!;
    /** Beats of the node while 60 connections list as fast as they can. */
    const underNoise = async () => {
      let stop = false;
      const noise: Answer[] = [];
      const flood = Array.from({ length: 60 }, async () => {
        while (!stop) noise.push(await send(noisy, 'GET', '/api/v1/namespaces/default/configmaps'));
      });
      const beats: Answer[] = [];
      for (let i = 0; i < 10; i++) {
        beats.push(await renew(nodeAgent, lease));
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      stop = true;
      await Promise.all(flood);
      expect(beats.map(({ status }) => status)).toEqual(beats.map(() => 200));
      return { noise, beats };
    };
    // global-default has two seats here: the noise waits in its queues, the node does not.
    const queued = await underNoise();
    expect([...new Set(queued.noise.map(({ status }) => status))]).toEqual([200]);
    expect(median(queued.beats)).toBeLessThan(median(queued.noise) / 2);

    const limitResponse = { type: 'Reject' };
    await api.server.admin.resource<AnyObject>(LEVELS).create({
      metadata: { name: 'noise' },
      spec: { type: 'Limited', limited: { nominalConcurrencyShares: 1, limitResponse } },
    } as unknown as AnyObject);
    await api.server.admin.resource<AnyObject>(SCHEMAS).create({
      metadata: { name: 'noise' },
      spec: {
        matchingPrecedence: 500,
        priorityLevelConfiguration: { name: 'noise' },
        rules: [
          {
            subjects: [{ kind: 'User', user: { name: 'noisy' } }],
            resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], namespaces: ['*'], clusterScope: true }],
          },
        ],
      },
    } as unknown as AnyObject);
    await settled(
      () => send(noisy, 'GET', '/api/v1/namespaces/default/configmaps'),
      ({ headers }) => {
        return headers['x-kubernetes-pf-flowschema-uid'] !== queued.noise[0]!.headers['x-kubernetes-pf-flowschema-uid'];
      },
    );
    const { noise } = await underNoise();
    const refused = noise.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(50);
    expect(refused[0]).toMatchObject({ text: 'Too many requests, please try again later.\n', headers: { 'retry-after': '1' } });
    expect(noise.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
    expect([...new Set(noise.map(({ status }) => status))].sort()).toEqual([200, 429]);
  }, 30_000);

  it('brings mandatory and suggested objects back', async () => {
    const levels = api.server.admin.resource<AnyObject>(LEVELS);
    for (const name of ['catch-all', 'workload-low']) {
      const { metadata } = await levels.get({ name });
      await levels.delete({ name });
      const again = await settled(
        () => levels.get({ name }).catch(() => metadata as AnyObject),
        (level) => level.metadata !== undefined && level.metadata.uid !== metadata.uid,
      );
      expect(again.metadata.uid).not.toBe(metadata.uid);
    }
  });

  it('says when a schema has no level', async () => {
    const schemas = api.server.admin.resource<AnyObject>(SCHEMAS);
    const spec = { priorityLevelConfiguration: { name: 'none' }, rules: [] };
    await schemas.create({ metadata: { name: 'lost' }, spec } as unknown as AnyObject);
    const condition = (schema: AnyObject) => schema.status?.conditions?.[0];
    const read = () => schemas.get({ name: 'lost' });
    expect(condition(await settled(read, (schema) => condition(schema) !== undefined))).toMatchObject({
      type: 'Dangling',
      status: 'True',
      reason: 'NotFound',
      message: 'This FlowSchema references the PriorityLevelConfiguration object named "none" but there is no such object',
    });
    await api.server.admin.resource<AnyObject>(LEVELS).create({
      metadata: { name: 'none' },
      spec: { type: 'Limited', limited: { limitResponse: { type: 'Reject' } } },
    } as unknown as AnyObject);
    expect(condition(await settled(read, (schema) => condition(schema).status === 'False'))).toMatchObject({
      reason: 'Found',
    });
  });
});

/** What a kubelet does every ten seconds. */
async function renew(agent: https.Agent, leases: string): Promise<Answer> {
  const lease = JSON.parse((await send(agent, 'GET', `${leases}/n1`)).text) as AnyObject;
  lease.spec.renewTime = new Date().toISOString().replace('Z', '000Z');
  return send(agent, 'PUT', `${leases}/n1`, lease);
}
