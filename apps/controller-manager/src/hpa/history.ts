/** What the autoscaler remembers about one object: recommendations and changes. Times in milliseconds. */
export interface History {
  recommendations: { replicas: number; at: number }[];
  ups: { change: number; at: number }[];
  downs: { change: number; at: number }[];
}

export const newHistory = (current: number, now: number): History => ({
  recommendations: [{ replicas: current, at: now }],
  ups: [],
  downs: [],
});

/** What is older than `keepMs` can no longer matter. */
export function pruned(history: History, keepMs: number, now: number): History {
  const recent = <T extends { at: number }>(list: T[]) => list.filter(({ at }) => at > now - keepMs);
  return { recommendations: recent(history.recommendations), ups: recent(history.ups), downs: recent(history.downs) };
}

export function withChange(history: History, from: number, to: number, at: number): History {
  if (to > from) return { ...history, ups: [...history.ups, { change: to - from, at }] };
  return to < from ? { ...history, downs: [...history.downs, { change: from - to, at }] } : history;
}
