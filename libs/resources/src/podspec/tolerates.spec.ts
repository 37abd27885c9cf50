import type { Taint, Toleration } from '../types.gen.ts';
import { tolerates, untolerated } from './tolerates.ts';

const taint = (value?: string, effect = 'NoSchedule'): Taint => ({ key: 'k', value, effect }) as Taint;

describe('tolerates', () => {
  it.each<[string, Toleration, Taint, boolean]>([
    ['the same key and value', { key: 'k', value: 'a' }, taint('a'), true],
    ['another value', { key: 'k', value: 'b' }, taint('a'), false],
    ['another key', { key: 'x', operator: 'Exists' }, taint('a'), false],
    ['any value', { key: 'k', operator: 'Exists' }, taint('a'), true],
    ['everything', { operator: 'Exists' }, taint('a'), true],
    ['another effect', { key: 'k', operator: 'Exists', effect: 'NoExecute' }, taint('a'), false],
    ['a smaller number', { key: 'k', operator: 'Lt', value: '10' } as Toleration, taint('9'), true],
    ['not an equal number', { key: 'k', operator: 'Gt', value: '9' } as Toleration, taint('9'), false],
    ['not what is no number', { key: 'k', operator: 'Gt', value: '9' } as Toleration, taint('x'), false],
  ])('%s', (_, toleration, against, want) => {
    expect(tolerates(toleration, against)).toBe(want);
  });
});

it('finds the first taint of the effects that is not covered', () => {
  const taints = [taint('a', 'PreferNoSchedule'), taint('b')];
  expect(untolerated(taints, [], ['NoSchedule'])).toBe(taints[1]);
  expect(untolerated(taints, [{ key: 'k', value: 'b' }], ['NoSchedule'])).toBeUndefined();
});
