import { blocking, type Identity, OwnerGraph } from './graph.ts';

const id = (uid: string, namespace = 'ns'): Identity => ({ apiVersion: 'v1', kind: 'K', name: uid, namespace, uid });
const owner = (uid: string, blockOwnerDeletion = false) => ({ apiVersion: 'v1', kind: 'K', name: uid, uid, blockOwnerDeletion });

describe('OwnerGraph', () => {
  it('checks dependents when their owner goes', () => {
    const g = new OwnerGraph();
    expect(g.observe(id('a'), [], [], false).check).toEqual([]);
    expect(g.observe(id('b'), [owner('a')], [], false).check).toEqual([]);
    expect(g.remove('a').check).toEqual(['b']);
    expect(g.remove('b').check).toEqual([]);
    expect(g.size).toBe(0);
  });

  it('checks a dependent that is seen before its owner', () => {
    const g = new OwnerGraph();
    expect(g.observe(id('b'), [owner('a')], [], false).check).toEqual(['b']);
    expect(g.get('a')?.virtual).toBe(true);
    g.observe(id('a'), [], [], false);
    expect(g.get('a')?.virtual).toBe(false);
    expect([...(g.get('a')?.dependents ?? [])].map((n) => n.identity.uid)).toEqual(['b']);
  });

  it('starts a foreground deletion once, and wakes the owner when a dependent goes', () => {
    const g = new OwnerGraph();
    g.observe(id('a'), [], [], false);
    g.observe(id('b'), [owner('a', true)], [], false);
    g.observe(id('c'), [owner('a')], [], false);
    expect(g.observe(id('a'), [], ['foregroundDeletion'], true).check).toEqual(['a', 'b', 'c']);
    expect(g.observe(id('a'), [], ['foregroundDeletion'], true).check).toEqual([]);
    expect(blocking(g.get('a') as never).map((n) => n.identity.uid)).toEqual(['b']);
    expect(g.remove('b').check).toEqual(['a']);
    expect(blocking(g.get('a') as never)).toEqual([]);
  });

  it('asks for orphaning once and follows changed owners', () => {
    const g = new OwnerGraph();
    g.observe(id('a'), [], [], false);
    g.observe(id('b'), [owner('a')], [], false);
    expect(g.observe(id('a'), [], ['orphan'], true).orphan).toEqual(['a']);
    expect(g.observe(id('a'), [], ['orphan'], true).orphan).toEqual([]);
    g.observe(id('b'), [], [], false);
    expect(g.remove('a').check).toEqual([]);
  });

  it('wakes a waiting owner when a dependent stops blocking', () => {
    const g = new OwnerGraph();
    g.observe(id('a'), [], ['foregroundDeletion'], true);
    g.observe(id('b'), [owner('a', true)], [], false);
    expect(g.observe(id('b'), [owner('a', false)], [], false).check).toContain('a');
  });
});
