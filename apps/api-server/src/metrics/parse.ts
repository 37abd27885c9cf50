/** One measurement of a node or container. */
export interface Point {
  /** Milliseconds since the epoch. */
  at: number;
  /** Cumulative. */
  cpuSeconds: number;
  memoryBytes: number;
  /** Milliseconds since the epoch; undefined where it is not told (nodes). */
  startedAt?: number;
}

export interface NodeReading {
  node?: Point;
  /** By `namespace/pod`, then container. */
  pods: Map<string, Map<string, Point>>;
}

const LINE = /^([a-z_]+)(?:\{([^}]*)\})? ([^ ]+)(?: (\d+))?$/;
const LABEL = /([a-z_]+)="((?:[^"\\]|\\.)*)"/g;
const FIELDS: Record<string, 'cpuSeconds' | 'memoryBytes' | 'startedAt'> = {
  cpu_usage_seconds_total: 'cpuSeconds',
  memory_working_set_bytes: 'memoryBytes',
  start_time_seconds: 'startedAt',
};

/**
 * Reads a kubelet's /metrics/resource (Prometheus text format). Measurements without a value of CPU and memory are left out.
 * @param receivedAt time of series that carry none
 */
export function parseResourceMetrics(text: string, receivedAt: number): NodeReading {
  const node: Partial<Point> = {};
  const pods = new Map<string, Map<string, Partial<Point>>>();
  for (const line of text.split('\n')) {
    const match = LINE.exec(line);
    const [scope, field] = match ? split(match[1] as string) : [];
    if (!match || !field || (scope !== 'node' && scope !== 'container')) continue;
    const labels = Object.fromEntries([...(match[2] ?? '').matchAll(LABEL)].map(([, name, value]) => [name, value]));
    const point = scope === 'node' ? node : pointOf(pods, `${labels.namespace}/${labels.pod}`, labels.container ?? '');
    const value = Number(match[3]);
    if (field === 'startedAt') point.startedAt = value * 1000;
    else {
      point[field] = value;
      point.at = match[4] ? Number(match[4]) : (point.at ?? receivedAt);
    }
  }
  return { node: isWhole(node) ? node : undefined, pods: wholePods(pods) };
}

function split(name: string): [scope: string, field: (typeof FIELDS)[string] | undefined] {
  const at = name.indexOf('_');
  return [name.slice(0, at), FIELDS[name.slice(at + 1)]];
}

function pointOf(pods: Map<string, Map<string, Partial<Point>>>, pod: string, container: string): Partial<Point> {
  const containers = pods.get(pod) ?? new Map<string, Partial<Point>>();
  pods.set(pod, containers);
  const point = containers.get(container) ?? {};
  containers.set(container, point);
  return point;
}

const isWhole = (point: Partial<Point>): point is Point =>
  point.cpuSeconds !== undefined && point.memoryBytes !== undefined && point.at !== undefined;

/** A pod counts only with all of its containers: half of its use would mislead. */
function wholePods(pods: Map<string, Map<string, Partial<Point>>>): Map<string, Map<string, Point>> {
  const whole = new Map<string, Map<string, Point>>();
  for (const [pod, containers] of pods)
    if ([...containers.values()].every(isWhole)) whole.set(pod, containers as Map<string, Point>);
  return whole;
}
