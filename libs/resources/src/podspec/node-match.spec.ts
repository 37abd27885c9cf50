import type { NodeSelectorTerm } from '../types.gen.ts';
import { matchesNodeSelector } from './node-match.ts';

const node = { name: 'a', labels: { role: 'x', size: '10' } };
const fits = (...nodeSelectorTerms: NodeSelectorTerm[]): boolean =>
  matchesNodeSelector(
    { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } } },
    node,
  );

describe('required node affinity', () => {
  it.each([
    ['role', 'In', ['x'], true],
    ['role', 'NotIn', ['x'], false],
    ['gone', 'NotIn', ['x'], true],
    ['role', 'Exists', [], true],
    ['role', 'DoesNotExist', [], false],
    ['role', 'Gt', ['1'], false],
    ['size', 'Gt', ['9'], true],
    ['size', 'Lt', ['10'], false],
    ['size', 'Lt', ['x'], false],
  ] as const)('%s %s %j', (key, operator, values, expected) => {
    expect(fits({ matchExpressions: [{ key, operator, values: [...values] }] })).toBe(expected);
  });
  it('one term is enough, an empty one selects nothing, fields are the name', () => {
    expect(fits({})).toBe(false);
    expect(fits({}, { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['a'] }] })).toBe(true);
    expect(fits({ matchFields: [{ key: 'metadata.uid', operator: 'In', values: ['a'] }] })).toBe(false);
  });
  it('nodeSelector wants every label', () => {
    expect(matchesNodeSelector({ nodeSelector: { role: 'x', size: '10' } }, node)).toBe(true);
    expect(matchesNodeSelector({ nodeSelector: { role: 'x', size: '11' } }, node)).toBe(false);
    expect(matchesNodeSelector({}, node)).toBe(true);
  });
});
