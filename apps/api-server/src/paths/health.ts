import type { PathHandler } from '@windlass/apiserver';

/** A named check; rejects when something is wrong. */
export type HealthCheck = () => Promise<void>;

/** `/healthz`, `/livez`, `/readyz` with `?verbose`, `?exclude=NAME` and `/NAME` below, as kube-apiserver answers them. */
export function healthPath(root: string, checks: ReadonlyMap<string, HealthCheck>): PathHandler {
  return async (path, query) => {
    const only = path.slice(root.length + 1);
    if (only && !checks.has(only)) return { status: 404, contentType: 'text/plain; charset=utf-8', body: '404 page not found\n' };
    const excluded = new Set(query.getAll('exclude'));
    const names = only ? [only] : [...checks.keys()];
    let failed = false;
    const lines: string[] = [];
    for (const name of names) {
      if (excluded.has(name)) {
        lines.push(`[+]${name} excluded: ok`);
        continue;
      }
      try {
        await checks.get(name)!();
        lines.push(`[+]${name} ok`);
      } catch {
        failed = true;
        lines.push(`[-]${name} failed: reason withheld`);
      }
    }
    const title = root.slice(1);
    if (failed)
      return { status: 500, contentType: 'text/plain; charset=utf-8', body: `${lines.join('\n')}\n${title} check failed\n` };
    const body = query.has('verbose') ? `${lines.join('\n')}\n${title} check passed\n` : 'ok';
    return { status: 200, contentType: 'text/plain; charset=utf-8', body };
  };
}
