import type { FlowController, FlowTurn, RequestContext, ResourceReader } from '@windlass/apiserver';
import type { AnyObject } from '@windlass/meta';
import { bootstrapData, type FlowSchema, type PriorityLevelConfiguration } from '@windlass/resources';
import { Refused } from './fair-queues.ts';
import { PriorityLevels } from './levels.ts';
import type { PriorityLevel } from './priority-level.ts';
import { byPrecedence, distinguisher, matchesSchema } from './schema-matching.ts';
import { type ResourceSize, seatsOf } from './work-estimate.ts';

export const FLOW_GROUP = 'flowcontrol.apiserver.k8s.io';
const PERIOD_MS = 10_000;
/** Connections that last as long as the client likes take no seat. */
const LONG_RUNNING = new Set(['attach', 'exec', 'proxy', 'log', 'portforward']);

export interface FlowOptions {
  reader: ResourceReader;
  /** Seats of this server. */
  seats: number;
  /** Milliseconds that a request may wait for its turn. */
  longestWait: number;
  sizeOf(group: string, resource: string): ResourceSize;
}

interface Route {
  schema: FlowSchema;
  level: PriorityLevel;
}

/** The mandatory object stands in for one that is missing. */
const withMandatory = <T extends AnyObject>(resource: string, stored: readonly AnyObject[]): T[] => [
  ...(stored as T[]),
  ...((bootstrapData[`${FLOW_GROUP}/${resource}`] ?? []).filter(
    ({ metadata: { name = '' } }) =>
      ['exempt', 'catch-all'].includes(name) && !stored.some((object) => object.metadata.name === name),
  ) as T[]),
];

/** API priority and fairness (KEP-1040): every request is given to a flow, and each flow waits for its turn in its priority level. */
export class FlowControl implements FlowController {
  readonly #options: FlowOptions;
  readonly #levels: PriorityLevels;
  readonly #stops: (() => void)[];
  #routes: Route[] = [];

  constructor(options: FlowOptions) {
    this.#options = options;
    this.#levels = new PriorityLevels(options.seats, options.longestWait);
    this.#configure();
    const changed = () => this.#configure();
    const timer = setInterval(() => this.#levels.rebalance(performance.now()), PERIOD_MS);
    timer.unref();
    this.#stops = [
      ...['flowschemas', 'prioritylevelconfigurations'].map((name) => options.reader.onChange(FLOW_GROUP, name, changed)),
      () => clearInterval(timer),
    ];
  }

  stop(): void {
    for (const stop of this.#stops) stop();
  }

  #configure(): void {
    const { reader } = this.#options;
    const all = <T extends AnyObject>(resource: string) => withMandatory<T>(resource, reader.list(FLOW_GROUP, resource));
    this.#levels.configure(all<PriorityLevelConfiguration & AnyObject>('prioritylevelconfigurations'));
    // A schema without its level is as if it were not there.
    this.#routes = byPrecedence(all<FlowSchema & AnyObject>('flowschemas')).flatMap((schema) => {
      const level = this.#levels.get(schema.spec?.priorityLevelConfiguration.name ?? '');
      return level ? { schema, level } : [];
    });
  }

  enter({ info, user, query, signal }: RequestContext): FlowTurn | undefined {
    if (info.isResourceRequest && (LONG_RUNNING.has(info.subresource) || info.verb === 'proxy')) return undefined;
    const route = this.#routes.find(({ schema }) => matchesSchema(schema, info, user));
    // catch-all matches everybody who is somebody; whoever else there is has no seat.
    if (!route) return { schemaUid: '', levelUid: '', admitted: Promise.reject(new Refused('concurrency-limit')), release() {} };
    const { schema, level } = route;
    const flow = `${schema.metadata.name}\n${distinguisher(schema, info, user)}`;
    const seats = seatsOf(info, query, level.limits.nominal, this.#options.sizeOf);
    const turn = level.enter(flow, seats, signal);
    return { schemaUid: schema.metadata.uid ?? '', levelUid: level.uid, admitted: turn.admitted, release: turn.release };
  }
}
