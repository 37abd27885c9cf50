import { type FSWatcher, watch } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '@windlass/platform';
import type { Pod } from '@windlass/resources';
import { staticPod } from './manifest.ts';

/** The kubelet's fileCheckFrequency. */
const CHECK_MS = 20_000;
const SETTLE_MS = 100;

/** Follows a directory of manifests. Files that begin with a dot are left out; one that cannot be read, or is wrong, keeps its pod as it was. */
export class StaticPods {
  readonly #directory: string;
  readonly #nodeName: string;
  readonly #logger: Logger;
  readonly #changed: (pods: Pod[]) => void;
  readonly #pods = new Map<string, { text: string; pod: Pod | undefined }>();
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #reading: Promise<void> = Promise.resolve();

  /** @param changed told all static pods, at first and whenever one comes, goes or changes */
  constructor(directory: string, nodeName: string, logger: Logger, changed: (pods: Pod[]) => void) {
    this.#directory = directory;
    this.#nodeName = nodeName;
    this.#logger = logger;
    this.#changed = changed;
  }

  /** Resolves when the directory was read once. */
  async start(): Promise<void> {
    await this.#read();
  }

  #soon(ms: number): void {
    clearTimeout(this.#timer);
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#reading = this.#read();
    }, ms);
  }

  async #read(): Promise<void> {
    this.#follow();
    const names = (await readdir(this.#directory).catch(() => [])).filter((name) => !name.startsWith('.')).sort();
    let isChanged = false;
    for (const name of [...this.#pods.keys()]) if (!names.includes(name)) isChanged = this.#pods.delete(name);
    for (const name of names) {
      const file = path.join(this.#directory, name);
      const text = await readFile(file, 'utf8').catch(() => undefined);
      const known = this.#pods.get(name);
      if (text === undefined || known?.text === text) continue;
      try {
        this.#pods.set(name, { text, pod: staticPod(text, file, this.#nodeName, new Date()) });
        isChanged = true;
      } catch (err) {
        this.#pods.set(name, { text, pod: known?.pod });
        this.#logger.error({ err, file }, 'manifest of a static pod is refused');
      }
    }
    if (isChanged) this.#changed([...this.#pods.values()].flatMap(({ pod }) => pod ?? []));
    this.#soon(CHECK_MS);
  }

  /** Not where the directory does not exist (yet): it is looked at now and then in any case. */
  #follow(): void {
    if (this.#watcher || this.#stopped) return;
    try {
      this.#watcher = watch(this.#directory, () => this.#soon(SETTLE_MS));
      this.#watcher.on('error', () => {
        this.#watcher?.close();
        this.#watcher = undefined;
      });
    } catch {
      this.#watcher = undefined;
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#watcher?.close();
    await this.#reading;
  }
}
