import { claim } from './leader-election.ts';

describe('claim', () => {
  const lease = { holderIdentity: 'a', leaseDurationSeconds: 15, acquireTime: 'T', leaseTransitions: 3 };
  it.each([
    ['a new lease', undefined, 'b', 0, { holderIdentity: 'b', leaseTransitions: 0 }],
    ["another's fresh lease", lease, 'b', 99_000, undefined],
    ["another's lease seen unchanged for 15 s", lease, 'b', 85_000, { holderIdentity: 'b', leaseTransitions: 4 }],
    ['its own lease', lease, 'a', 0, { holderIdentity: 'a', acquireTime: 'T', leaseTransitions: 3 }],
    ['a released lease', { ...lease, holderIdentity: '' }, 'b', 99_999, { holderIdentity: 'b', leaseTransitions: 4 }],
  ])('%s', (_name, old, identity, observedAt, wanted) => {
    const got = claim(old, identity, observedAt, 15_000, 100_000);
    if (wanted === undefined) expect(got).toBeUndefined();
    else expect(got).toMatchObject({ ...wanted, leaseDurationSeconds: 15, renewTime: '1970-01-01T00:01:40.000000Z' });
  });
});
