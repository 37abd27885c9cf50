import type { AppliedLimits, CriClient, CriContainer, Sandbox } from '@windlass/host';
import { isCriNotFound } from '@windlass/host';
import { ANNOTATION, LABEL } from '../pod/names.ts';
import type { ObservedContainer, ObservedPod } from '../pod/observed.ts';
import { readTerminationMessage } from './termination-message.ts';

const byNewest = <T extends { createdAt: number; metadata: { attempt: number } }>(a: T, b: T): number =>
  b.createdAt - a.createdAt || b.metadata.attempt - a.metadata.attempt;

const fingerprint = (sandboxes: Pick<Sandbox, 'id' | 'state'>[], containers: Pick<CriContainer, 'id' | 'state'>[]): string =>
  [...sandboxes, ...containers]
    .map(({ id, state }) => `${id}:${state}`)
    .sort()
    .join();

/** What the runtime holds, per pod: refreshed for one pod after something was done or happened to it, and compared as a whole now and then. */
export class PodCache {
  readonly #cri: CriClient;
  readonly #limitsOf: (uid: string, id: string) => Promise<AppliedLimits | undefined>;
  readonly #pods = new Map<string, { observed: ObservedPod; fingerprint: string }>();
  /** Pod uid by container or sandbox id. */
  readonly #owners = new Map<string, string>();
  readonly #ended = new Map<string, ObservedContainer>();
  /** Looks overlap: the one that began last counts. */
  readonly #lookOf = new Map<string, number>();
  #looks = 0;

  /** @param limitsOf what the kernel holds of a running container */
  constructor(cri: CriClient, limitsOf: (uid: string, id: string) => Promise<AppliedLimits | undefined>) {
    this.#cri = cri;
    this.#limitsOf = limitsOf;
  }

  get(uid: string): ObservedPod | undefined {
    return this.#pods.get(uid)?.observed;
  }
  uids(): string[] {
    return [...this.#pods.keys()];
  }
  ownerOf(id: string): string | undefined {
    return this.#owners.get(id);
  }

  /** Looks at one pod afresh. */
  async refresh(uid: string): Promise<ObservedPod> {
    const look = ++this.#looks;
    const labels = { [LABEL.podUid]: uid };
    const [sandboxes, containers] = await Promise.all([
      this.#cri.listPodSandboxes(labels),
      this.#cri.listContainers({ labelSelector: labels }),
    ]);
    return this.#load(uid, look, sandboxes, containers);
  }

  /** A container that is about to start: its end may be told before anybody has looked at it. */
  expect(uid: string, id: string): void {
    this.#owners.set(id, uid);
  }

  /** As {@link refresh} after a sandbox was made, looking at that one only. */
  async sandboxStarted(uid: string, id: string): Promise<ObservedPod> {
    const look = ++this.#looks;
    const sandbox = await absent(this.#cri.podSandboxStatus(id));
    return this.#add(uid, look, { sandboxes: sandbox ? [sandbox] : [], containers: [] });
  }

  /** As {@link refresh} after these containers were started, looking at them only. */
  async containersStarted(uid: string, sandboxId: string, ids: readonly string[]): Promise<ObservedPod> {
    const look = ++this.#looks;
    const containers = await Promise.all(ids.map((id) => absent(this.#status(uid, id, sandboxId))));
    return this.#add(uid, look, { sandboxes: [], containers: containers.filter((each) => each !== undefined) });
  }

  #add(uid: string, look: number, fresh: ObservedPod): ObservedPod {
    const known = this.#pods.get(uid)?.observed ?? { sandboxes: [], containers: [] };
    // A look that began later has seen these too.
    if (look < (this.#lookOf.get(uid) ?? 0)) return known;
    const others = <T extends { id: string }>(all: T[], replaced: T[]) =>
      all.filter(({ id }) => !replaced.some((each) => each.id === id));
    return this.#keep(uid, look, {
      sandboxes: [...fresh.sandboxes, ...others(known.sandboxes, fresh.sandboxes)],
      containers: [...fresh.containers, ...others(known.containers, fresh.containers)],
    });
  }

  /** Compares everything. @returns uids of pods that changed, appeared or are gone */
  async relist(): Promise<string[]> {
    const look = ++this.#looks;
    const [sandboxes, containers] = await Promise.all([this.#cri.listPodSandboxes(), this.#cri.listContainers()]);
    const found = new Map<string, { sandboxes: Sandbox[]; containers: CriContainer[] }>();
    const entry = (labels: Record<string, string>) => {
      const uid = labels[LABEL.podUid];
      if (!uid) return undefined;
      let pod = found.get(uid);
      if (!pod) {
        pod = { sandboxes: [], containers: [] };
        found.set(uid, pod);
      }
      return pod;
    };
    for (const sandbox of sandboxes) entry(sandbox.labels)?.sandboxes.push(sandbox);
    for (const container of containers) entry(container.labels)?.containers.push(container);
    const changed: string[] = [];
    for (const [uid, each] of found) {
      if (this.#pods.get(uid)?.fingerprint === fingerprint(each.sandboxes, each.containers)) continue;
      await this.#load(uid, look, each.sandboxes, each.containers);
      changed.push(uid);
    }
    for (const uid of this.#pods.keys())
      if (!found.has(uid) && look > (this.#lookOf.get(uid) ?? 0)) {
        this.#forget(uid);
        changed.push(uid);
      }
    return changed;
  }

  async #load(uid: string, look: number, sandboxes: Sandbox[], containers: CriContainer[]): Promise<ObservedPod> {
    const [details, statuses] = await Promise.all([
      Promise.all(sandboxes.map(({ id }) => absent(this.#cri.podSandboxStatus(id)))),
      Promise.all(containers.map((each) => absent(this.#listed(uid, each)))),
    ]);
    return this.#keep(uid, look, {
      sandboxes: details.filter((each) => each !== undefined),
      containers: statuses.filter((each) => each !== undefined),
    });
  }

  #keep(uid: string, look: number, observed: ObservedPod): ObservedPod {
    observed.sandboxes.sort(byNewest);
    observed.containers.sort(byNewest);
    if (look < (this.#lookOf.get(uid) ?? 0)) return observed;
    this.#forget(uid);
    this.#lookOf.set(uid, look);
    for (const each of [...observed.sandboxes, ...observed.containers]) this.#owners.set(each.id, uid);
    for (const each of observed.containers) if (each.state === 'CONTAINER_EXITED') this.#ended.set(each.id, each);
    const { sandboxes, containers } = observed;
    if (sandboxes.length + containers.length > 0)
      this.#pods.set(uid, { observed, fingerprint: fingerprint(sandboxes, containers) });
    return observed;
  }

  async #listed(uid: string, { id, state, podSandboxId }: CriContainer): Promise<ObservedContainer> {
    const known = this.#ended.get(id);
    return known && state === 'CONTAINER_EXITED' ? known : this.#status(uid, id, podSandboxId);
  }

  async #status(uid: string, id: string, sandboxId: string): Promise<ObservedContainer> {
    const container: ObservedContainer = { ...(await this.#cri.containerStatus(id)), sandboxId };
    if (container.state === 'CONTAINER_RUNNING') container.limits = await this.#limitsOf(uid, id);
    if (container.state === 'CONTAINER_EXITED')
      container.terminationMessage = await readTerminationMessage(
        container.annotations[ANNOTATION.terminationMessageFile],
        container.annotations[ANNOTATION.terminationMessagePolicy] === 'FallbackToLogsOnError' && container.exitCode !== 0
          ? container.logPath
          : undefined,
      );
    return container;
  }

  #forget(uid: string): void {
    const old = this.#pods.get(uid)?.observed;
    for (const { id } of [...(old?.sandboxes ?? []), ...(old?.containers ?? [])]) {
      this.#owners.delete(id);
      this.#ended.delete(id);
    }
    this.#pods.delete(uid);
    if (!old) this.#lookOf.delete(uid);
  }
}

const absent = <T>(promise: Promise<T>): Promise<T | undefined> =>
  promise.catch((error) => {
    if (isCriNotFound(error)) return undefined;
    throw error;
  });
