import { describe, expect, it } from '@jest/globals';
import type { AnyObject } from '@windlass/meta';
import { reconciledApiService, reconciledBinding, reconciledFlowObject, reconciledRole } from './reconcile.ts';

const object = (rest: object, annotations: Record<string, string> = {}): AnyObject =>
  ({ metadata: { name: 'x', annotations }, ...rest }) as unknown as AnyObject;
const rule = (verbs: string[]) => ({ verbs, apiGroups: [''], resources: ['pods'] });
const OFF = { 'rbac.authorization.kubernetes.io/autoupdate': 'false' };
const user = (name: string) => ({ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name });

describe('reconciledRole', () => {
  const expected = object({ rules: [rule(['get', 'list'])] });
  it('leaves a role that has everything, and more', () => {
    expect(reconciledRole(object({ rules: [rule(['*'])] }), expected)).toBeUndefined();
  });
  it('adds what is missing', () => {
    expect(reconciledRole(object({ rules: [rule(['get'])] }), expected)?.object.rules).toEqual([rule(['get']), rule(['list'])]);
  });
  it('leaves a protected role', () => {
    expect(reconciledRole(object({ rules: [] }, OFF), expected)).toBeUndefined();
  });
  it('keeps the rules of an aggregated role', () => {
    const selector = { matchLabels: { a: 'b' } };
    const aggregated = object({ rules: null, aggregationRule: { clusterRoleSelectors: [selector] } });
    expect(reconciledRole(object({ ...aggregated, rules: [rule(['get'])] }), aggregated)).toBeUndefined();
    expect(reconciledRole(object({ rules: [] }), aggregated)?.object.aggregationRule).toEqual({
      clusterRoleSelectors: [selector],
    });
  });
});

describe('reconciledBinding', () => {
  const expected = object({ roleRef: { kind: 'ClusterRole', name: 'a' }, subjects: [user('a')] });
  it('adds subjects', () => {
    const existing = object({ roleRef: expected.roleRef, subjects: [user('b')] });
    expect(reconciledBinding(existing, expected)?.object.subjects).toEqual([user('b'), user('a')]);
  });
  it('makes a binding of another role anew', () => {
    expect(reconciledBinding(object({ roleRef: { kind: 'ClusterRole', name: 'b' } }), expected)?.recreate).toBe(true);
  });
});

describe('reconciledFlowObject', () => {
  const ours = object({ spec: { type: 'Limited' } });
  const theirs = (annotation: string) =>
    object({ spec: { type: 'Exempt' } }, { 'apf.kubernetes.io/autoupdate-spec': annotation });
  it.each([
    ['false', false, undefined],
    ['true', false, ours.spec],
    ['false', true, ours.spec],
  ])('annotation %s, mandatory %s', (annotation, mandatory, spec) => {
    expect(reconciledFlowObject(theirs(annotation), ours, mandatory)?.object.spec).toEqual(spec);
  });
});

describe('reconciledApiService', () => {
  const named = (spec: object, labels?: Record<string, string>) => ({ metadata: { name: 'v1.apps', labels }, spec }) as AnyObject;
  it('brings its own up to date and leaves those of others', () => {
    const own = { 'kube-aggregator.kubernetes.io/automanaged': 'onstart' };
    const expected = named({ version: 'v1' }, own);
    expect(reconciledApiService(named({ version: 'v0' }, own), expected)?.object.spec).toEqual({ version: 'v1' });
    expect(reconciledApiService(named({ version: 'v1' }, own), expected)).toBeUndefined();
    expect(reconciledApiService(named({ version: 'v0' }), expected)).toBeUndefined();
  });
});
