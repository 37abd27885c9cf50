import { type Controller, controller, controllerKey, Expectations, watch } from '@windlass/controller';
import { matchesSelector } from '@windlass/meta';
import type { Job, JobCondition, Pod } from '@windlass/resources';
import { byControllerOrOrphan, claim, type Owner } from '../shared/claim.ts';
import { type ControllerContext, timestamp } from '../shared/context.ts';
import { OwnWrites } from '../shared/own-writes.ts';
import { watchOwnedPods } from '../shared/owned-pods.ts';
import { refs } from '../shared/refs.ts';
import { type BackoffRecord, nextBackoff } from './backoff.ts';
import { createPods, deletePods, type PodEffects } from './effects.ts';
import { type JobFacts, jobFacts } from './facts.ts';
import { planJob } from './plan.ts';
import { writeCounts } from './progress.ts';
import { ensureJobCondition, isJobFinished, isManagedElsewhere, isSuspended, newJobCondition, TRACKING } from './spec.ts';
import { activeDeadlineMs, isJobComplete, verdict } from './verdict.ts';

/** Changes of many pods within this time make one look. */
const COALESCE_MS = 50;

/** Runs Jobs' pods to completion and counts each of them once. */
export function jobController(context: ControllerContext): Controller {
  const { client, informers, logger, now } = context;
  const jobs = informers.informer<Job & Owner>(refs.jobs);
  const pods = informers.informer<Pod>(refs.pods, { indexers: { controller: byControllerOrOrphan } });
  const jobClient = client.resource<Job & Owner>(refs.jobs);
  const expectations = new Expectations();
  const recorder = context.recorder('job-controller');
  const effects: PodEffects = { pods: client.resource<Pod>(refs.pods), recorder, expectations };
  const writes = new OwnWrites();
  const backoffs = new Map<string, BackoffRecord | undefined>();
  /** Per job the pods whose finalizer was taken off here and still shows in the cache. */
  const released = new Map<string, Set<string>>();

  const unrelease = (pod: Pod) => released.get(controllerKey(pod, 'Job') ?? '')?.delete(pod.metadata.uid as string);
  const podWatch = watchOwnedPods<Job>({
    pods,
    owners: jobs,
    kind: 'Job',
    selector: (job) => job.spec.selector,
    expectations,
    later: (key) => self.queue.addAfter(key, COALESCE_MS),
    observe: {
      update: (_, pod) => !pod.metadata.finalizers?.includes(TRACKING) && unrelease(pod),
      delete: unrelease,
    },
  });

  /** Ends or manages the Job's pods. @returns the condition it may finish with, and the counts after that */
  const manage = async (key: string, job: Job & Owner, facts: JobFacts, ended: JobCondition | undefined, time: string) => {
    const settled = expectations.satisfied(key);
    const counts = { active: facts.active.length, ready: facts.ready, terminating: facts.terminating };
    const removed = (outcome: { done: number; ready: number }) => {
      counts.active -= outcome.done;
      counts.ready -= outcome.ready;
      counts.terminating += outcome.done;
    };
    if (ended) {
      const outcome = await deletePods(effects, key, job, facts.active, false);
      removed(outcome);
      // Pods that the cache does not show yet may still have to be ended.
      const over = outcome.done === facts.active.length && settled;
      return { counts, finished: over ? ended : undefined, error: outcome.error, managed: false };
    }
    let error: unknown;
    let waitMs: number | undefined;
    const managed = settled && !job.metadata.deletionTimestamp;
    if (managed) {
      const record = nextBackoff(backoffs.get(key), facts.newSucceeded, facts.newFailed);
      const plan = planJob(job, facts, record, now().getTime());
      if ('waitMs' in plan) waitMs = plan.waitMs;
      else if ('remove' in plan && plan.remove.length > 0) {
        const outcome = await deletePods(effects, key, job, plan.remove, true);
        removed(outcome);
        error = outcome.error;
      } else if ('create' in plan && plan.create.length > 0) {
        const outcome = await createPods(effects, key, job, facts, plan.create);
        counts.active += outcome.done;
        error = outcome.error;
      }
    }
    const complete = waitMs === undefined && isJobComplete(job, facts.succeeded, counts.active);
    const finished = complete
      ? newJobCondition('SuccessCriteriaMet', 'CompletionsReached', 'Reached expected number of succeeded pods', time)
      : undefined;
    return { counts, finished, error, managed, waitMs };
  };

  const reconcile = async (key: string) => {
    const job = jobs.store.get(key);
    if (!job || isJobFinished(job)) {
      backoffs.delete(key);
      released.delete(key);
      writes.forget(key);
      return job ? undefined : expectations.forget(key);
    }
    if (isManagedElsewhere(job) || writes.isStale(key, job)) return;
    const claimed = await claim<Pod>({
      owner: job,
      candidates: [
        ...pods.store.byIndex('controller', job.metadata.uid as string),
        ...pods.store.byIndex('controller', `orphan:${job.metadata.namespace}`),
      ],
      matches: (pod) => matchesSelector(job.spec.selector, pod.metadata.labels),
      objects: effects.pods,
      freshOwner: () => jobClient.get(job.metadata),
      adoptFinalizers: [TRACKING],
    });
    const releasedHere = released.get(key) ?? new Set<string>();
    released.set(key, releasedHere);
    const facts = jobFacts(job, claimed, releasedHere);
    const time = timestamp(now());
    let startTime = job.status?.startTime ?? (isSuspended(job) ? undefined : time);
    const ended = verdict(job, facts, startTime, now().getTime(), time);
    const { counts, finished, error, managed, waitMs } = await manage(key, job, facts, ended, time);
    let conditions = job.status?.conditions ?? [];
    if (managed && !finished) {
      const suspended = isSuspended(job);
      const next = suspended
        ? { type: 'Suspended', status: 'True', reason: 'JobSuspended', message: 'Job suspended' }
        : { type: 'Suspended', status: 'False', reason: 'JobResumed', message: 'Job resumed' };
      const changed = ensureJobCondition(conditions, next, time);
      if (changed !== conditions) {
        conditions = [...changed];
        if (!suspended) startTime = time;
        recorder.event(job, 'Normal', suspended ? 'Suspended' : 'Resumed', next.message);
      }
    }
    const status = { ...job.status, startTime, conditions, ...counts, active: counts.active || undefined };
    const draft = { ...job, status };
    const write = async (next: Job & Owner) => writes.note(key, await jobClient.updateStatus(next));
    const noteBackoff = () => backoffs.set(key, nextBackoff(backoffs.get(key), facts.newSucceeded, facts.newFailed));
    const more = await writeCounts({
      job,
      draft,
      facts,
      finished,
      time,
      write,
      recorder,
      pods: effects.pods,
      releasedHere,
      noteBackoff,
    });
    if (error) throw error;
    if (more) return { requeueAfterMs: 0 };
    const waits = [waitMs, activeDeadlineMs(job, startTime, now().getTime())].filter(
      (ms) => ms !== undefined && ms > 0,
    ) as number[];
    return waits.length > 0 ? { requeueAfterMs: Math.min(...waits) + 50 } : undefined;
  };

  const self: Controller = controller({
    name: 'job',
    workers: 5,
    watches: [watch(jobs), podWatch],
    reconcile: async (key) => (await reconcile(key)) ?? undefined,
    logger,
  });
  return self;
}
