const SUFFIXES: Record<string, number> = {
  '': 1,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};
export function quantityNumber(text: string | number): number {
  const match = /^([+-]?[\d.]+)(?:[eE]([+-]?\d+)|([A-Za-z]*))$/.exec(String(text));
  return match ? Number(match[1]) * (match[2] ? 10 ** Number(match[2]) : (SUFFIXES[match[3] ?? ''] ?? Number.NaN)) : Number.NaN;
}
