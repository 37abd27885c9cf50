import type { AuthConfig, CriClient, CriImage } from '@windlass/host';
import { steadyNow } from '@windlass/platform';
import type { Container, Secret } from '@windlass/resources';
import { Backoff } from '../pod/backoff.ts';
import { InvalidImageName, normalizeImage } from './image-reference.ts';
import { credentialsFor } from './pull-secrets.ts';
import { runtimeErrorText } from './runtime-error.ts';

export type ImageOutcome =
  | { image: CriImage }
  /** Being pulled: asked again when it has ended. */
  | { pending: true }
  | {
      reason: 'ErrImagePull' | 'ImagePullBackOff' | 'InvalidImageName' | 'ErrImageNeverPull' | 'ImageInspectError';
      message: string;
      retryAt?: number;
    };

export type ImageEvent = (type: 'Normal' | 'Warning', reason: string, message: string) => void;

const BACKOFF = { initialMs: 10_000, maxMs: 300_000 };

interface Pull {
  done: Promise<void>;
  result?: { image: CriImage } | { error: Error };
}

/** Brings images to the node: pull policy, one pull per pod and image at a time, back-off, credentials. Asking again is cheap and never waits for a pull. */
export class Images {
  readonly #cri: CriClient;
  readonly #backoff = new Backoff(BACKOFF);
  readonly #pulls = new Map<string, Pull>();
  readonly #lastErrors = new Map<string, string>();

  constructor(cri: CriClient) {
    this.#cri = cri;
  }

  /** @param again called when a pull that this call began has ended */
  async ensure(
    podUid: string,
    attempt: number,
    { image, imagePullPolicy, name }: Container,
    secrets: () => Promise<Secret[]>,
    event: ImageEvent,
    again: () => void,
    now = steadyNow(),
  ): Promise<ImageOutcome> {
    let reference: string;
    try {
      reference = normalizeImage(image!).reference;
    } catch (error) {
      if (!(error instanceof InvalidImageName)) throw error;
      event('Warning', 'InspectFailed', error.message);
      return { reason: 'InvalidImageName', message: error.message };
    }
    const policy = imagePullPolicy ?? (/:latest$/.test(reference) ? 'Always' : 'IfNotPresent');
    const key = `${podUid}/${name}/${attempt}/${reference}`;
    const pull = this.#pulls.get(key);
    if (pull) {
      if (!pull.result) return { pending: true };
      if ('image' in pull.result) return { image: pull.result.image };
    }
    if (policy !== 'Always') {
      const present = await this.#cri.imageStatus(reference);
      if (present) {
        event(
          'Normal',
          'Pulled',
          `Container image ${JSON.stringify(image)} already present on machine and can be accessed by the pod`,
        );
        return { image: present };
      }
    }
    if (policy === 'Never') {
      const message = `Container image ${JSON.stringify(image)} is not present with pull policy of Never`;
      event('Warning', 'ErrImageNeverPull', message);
      return { reason: 'ErrImageNeverPull', message };
    }
    const failed = pull?.result && 'error' in pull.result ? pull.result.error : undefined;
    const backoffKey = `${podUid}_${image}`;
    if (failed && !this.#lastErrors.has(key)) {
      const message = failed.message;
      this.#lastErrors.set(key, message);
      this.#backoff.next(backoffKey, now, now);
      return { reason: 'ErrImagePull', message, retryAt: this.#backoff.waitUntil(backoffKey, now, now) };
    }
    const retryAt = this.#backoff.waitUntil(backoffKey, this.#backoff.updatedAt(backoffKey), now);
    if (retryAt) {
      const last = this.#lastErrors.get(key);
      const message = `Back-off pulling image ${JSON.stringify(image)}${last ? `: ErrImagePull: ${last}` : ''}`;
      event('Normal', 'BackOff', message);
      return { reason: 'ImagePullBackOff', message, retryAt };
    }
    this.#begin(key, reference, image!, secrets, event, again);
    return { pending: true };
  }

  #begin(
    key: string,
    reference: string,
    name: string,
    secrets: () => Promise<Secret[]>,
    event: ImageEvent,
    again: () => void,
  ): void {
    const started = steadyNow();
    event('Normal', 'Pulling', `Pulling image ${JSON.stringify(name)}`);
    this.#lastErrors.delete(key);
    const pull: Pull = {
      done: this.#pull(reference, secrets)
        .then((image) => {
          const took = goSeconds(steadyNow() - started);
          event(
            'Normal',
            'Pulled',
            `Successfully pulled image ${JSON.stringify(name)} in ${took} (${took} including waiting). Image size: ${image.size} bytes.`,
          );
          pull.result = { image };
        })
        .catch((error: unknown) => {
          const text = runtimeErrorText(error);
          event('Warning', 'Failed', `Failed to pull image ${JSON.stringify(name)}: ${text}`);
          pull.result = { error: new Error(text) };
        })
        .finally(again),
    };
    this.#pulls.set(key, pull);
  }

  async #pull(reference: string, secrets: () => Promise<Secret[]>): Promise<CriImage> {
    const credentials: (AuthConfig | undefined)[] = credentialsFor(reference, await secrets());
    if (credentials.length === 0) credentials.push(undefined);
    let last: unknown;
    for (const auth of credentials) {
      try {
        const ref = await this.#cri.pullImage(reference, auth);
        const image = await this.#cri.imageStatus(ref);
        if (image) return image;
        last = new Error(`image ${reference} is gone right after it was pulled`);
      } catch (error) {
        last = error;
      }
    }
    throw last;
  }

  /** The pod is gone. */
  forget(podUid: string): void {
    for (const map of [this.#pulls, this.#lastErrors])
      for (const key of map.keys()) if (key.startsWith(`${podUid}/`)) map.delete(key);
    this.#backoff.forget(`${podUid}_`);
  }
}

/** `1.234s`, `350ms`: Go's way, to the millisecond. */
const goSeconds = (ms: number): string => (ms < 1000 ? `${ms}ms` : `${Number((ms / 1000).toFixed(3))}s`);
