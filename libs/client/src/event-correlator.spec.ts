import { EventCorrelator } from './event-correlator.ts';

const occurrence = (message: string, group = 'g') => ({ group, source: 's', message });

describe('EventCorrelator', () => {
  it('counts a repeated event', () => {
    const c = new EventCorrelator();
    const first = c.decide(occurrence('m'), 0);
    expect(first).toEqual({ action: 'create', key: 'g\nm', message: 'm' });
    c.created('g\nm', 'name-1');
    expect(c.decide(occurrence('m'), 1)).toEqual({ action: 'count', key: 'g\nm', message: 'm', count: 2, name: 'name-1' });
    expect(c.decide(occurrence('m'), 2)).toMatchObject({ count: 3 });
    c.forget('g\nm');
    expect(c.decide(occurrence('m'), 3)).toMatchObject({ action: 'create' });
  });

  it('combines the tenth different message and those after it', () => {
    const c = new EventCorrelator();
    const verdicts = Array.from({ length: 11 }, (_, i) => {
      const v = c.decide(occurrence(`m${i}`), i);
      if (v.action === 'create') c.created(v.key, `n${i}`);
      return v;
    });
    expect(verdicts[8]).toMatchObject({ action: 'create', message: 'm8' });
    expect(verdicts[9]).toMatchObject({ action: 'create', message: '(combined from similar events): m9', key: 'g' });
    expect(verdicts[10]).toMatchObject({ action: 'count', message: '(combined from similar events): m10', count: 2, name: 'n9' });
    expect(c.decide(occurrence('m12'), 12 + 600_001)).toMatchObject({ action: 'create', message: 'm12' });
  });

  it('drops beyond 25 at once and refills one in five minutes', () => {
    const c = new EventCorrelator();
    for (let i = 0; i < 25; i++) expect(c.decide(occurrence('m'), 0).action).not.toBe('drop');
    expect(c.decide(occurrence('m'), 0).action).toBe('drop');
    expect(c.decide(occurrence('m'), 300_001).action).not.toBe('drop');
  });
});
