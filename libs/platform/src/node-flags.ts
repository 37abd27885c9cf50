/**
 * Flags of node for our bundles, by name. The API server makes some 200 KB of short-lived objects for each write: in the young space that V8
 * gives by default they are promoted before they die, and the old space grows with garbage (docs/adr/0083). A machine has
 * one node daemon beside its pods: with 110 of them it keeps 50 MB of objects, but would grow to 285 MB before it collects garbage; so it takes 130.
 */
const FLAGS: Record<string, readonly string[]> = {
  'api-server': ['--min-semi-space-size=16', '--max-semi-space-size=32'],
  'node-daemon': ['--optimize-for-size', '--max-semi-space-size=1'],
};

/** What stands between `node` and the path of a bundle. */
export const nodeFlags = (bundle: string): readonly string[] => FLAGS[bundle] ?? [];
