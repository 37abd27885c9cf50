import { describe, expect, it } from '@jest/globals';
import type { AccessAttributes, Authorizer } from '../seams.ts';
import { impersonated } from './impersonation.ts';

const requester = { username: 'bob', groups: ['system:authenticated'] };
const allow: Authorizer = { authorize: () => ({ decision: 'allow' }) };
const as = (headers: Record<string, string | string[]>): string[] =>
  Object.entries(headers).flatMap(([name, values]) => [values].flat().flatMap((value) => [name, value]));

describe('impersonated', () => {
  it.each([
    ['nobody', {}, requester],
    ['a user', { 'Impersonate-User': 'jane' }, { username: 'jane', groups: ['system:authenticated'] }],
    [
      'groups with commas',
      { 'Impersonate-User': 'jane', 'Impersonate-Group': ['a, b', 'c'] },
      { username: 'jane', groups: ['a, b', 'c', 'system:authenticated'] },
    ],
    [
      'a service account',
      { 'Impersonate-User': 'system:serviceaccount:ns:sa' },
      {
        username: 'system:serviceaccount:ns:sa',
        groups: ['system:serviceaccounts', 'system:serviceaccounts:ns', 'system:authenticated'],
      },
    ],
    [
      'anonymous',
      { 'Impersonate-User': 'system:anonymous' },
      { username: 'system:anonymous', groups: ['system:unauthenticated'] },
    ],
    [
      'uid and extra',
      { 'Impersonate-User': 'j', 'Impersonate-Uid': 'u', 'Impersonate-Extra-Example.com%2Fscope': ['x', 'y'] },
      { username: 'j', uid: 'u', groups: ['system:authenticated'], extra: { 'example.com/scope': ['x', 'y'] } },
    ],
  ])('%s', async (_, headers, user) => {
    expect(await impersonated(requester, as(headers as Record<string, string>), allow)).toEqual(user);
  });

  it('needs a user name', async () => {
    await expect(impersonated(requester, as({ 'Impersonate-Group': 'dev' }), allow)).rejects.toMatchObject({
      code: 400,
      message:
        'requested &user.DefaultInfo{Name:"", UID:"", Groups:[]string{"dev"}, Extra:map[string][]string(nil)} without impersonating a user name',
    });
  });

  it('asks for every part', async () => {
    const seen: string[] = [];
    const authorizer: Authorizer = {
      authorize: ({ verb, group, resource, subresource, name }: AccessAttributes) => {
        seen.push([verb, group, resource, subresource, name].join(' '));
        return { decision: resource === 'uids' ? 'noOpinion' : 'allow' };
      },
    };
    const headers = as({ 'Impersonate-User': 'j', 'Impersonate-Group': 'g', 'Impersonate-Extra-K': 'v', 'Impersonate-Uid': 'u' });
    await expect(impersonated(requester, headers, authorizer)).rejects.toMatchObject({
      message:
        'uids.authentication.k8s.io "u" is forbidden: User "bob" cannot impersonate resource "uids" in API group "authentication.k8s.io" at the cluster scope',
    });
    expect(seen).toEqual([
      'impersonate  users  j',
      'impersonate  groups  g',
      'impersonate authentication.k8s.io userextras k v',
      'impersonate authentication.k8s.io uids  u',
    ]);
  });
});
