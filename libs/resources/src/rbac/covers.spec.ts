import { describe, expect, it } from '@jest/globals';
import type { PolicyRule } from '../types.gen.ts';
import { compactRules, uncovered } from './covers.ts';

const rule = (verbs: string, groups: string, resources: string, names = ''): PolicyRule => ({
  verbs: verbs.split(','),
  apiGroups: groups.split(','),
  resources: resources.split(','),
  ...(names ? { resourceNames: names.split(',') } : {}),
});
const url = (verbs: string, urls: string): PolicyRule => ({ verbs: verbs.split(','), nonResourceURLs: urls.split(',') });

describe('uncovered', () => {
  it.each([
    ['the same', rule('get', '', 'pods'), rule('get', '', 'pods'), 0],
    ['more verbs', rule('get', '', 'pods'), rule('get,list', '', 'pods'), 1],
    ['all of all', rule('*', '*', '*'), rule('get,list', 'apps,batch', 'x,y'), 0],
    ['the star itself', rule('get,list', '', 'pods'), rule('*', '', 'pods'), 1],
    ['a name of any', rule('get', '', 'pods'), rule('get', '', 'pods', 'a'), 0],
    ['any of a name', rule('get', '', 'pods', 'a'), rule('get', '', 'pods'), 1],
    ['another name', rule('get', '', 'pods', 'a'), rule('get', '', 'pods', 'a,b'), 1],
    ['any subresource', rule('get', '', '*/scale'), rule('get', '', 'x/scale,x'), 1],
    ['below a URL', url('get', '/a/*'), url('get', '/a/b,/a'), 1],
    ['all URLs', url('*', '*'), url('get', '/a'), 0],
  ])('%s', (_, owned, wanted, left) => {
    expect(uncovered([owned], [wanted])).toHaveLength(left);
  });

  it('needs one rule for each part, not one for all', () => {
    expect(uncovered([rule('get', '', 'pods'), rule('list', '', 'pods')], [rule('get,list', '', 'pods')])).toEqual([]);
  });
});

it('compacts by resource', () => {
  expect(compactRules([rule('get', '', 'pods'), rule('list', '', 'pods'), url('get', '/a')])).toEqual([
    url('get', '/a'),
    rule('get,list', '', 'pods'),
  ]);
});
