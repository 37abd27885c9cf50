import { type CriClient, isBuiltinImage } from '@windlass/host';
import { parseDuration } from '@windlass/meta';
import { type Logger, sleep, steadyNow } from '@windlass/platform';
import type { KubeletSettings } from '../kubelet-settings.ts';
import type { FsCapacity } from '../stats/disk-usage.ts';
import { bytesToFree, type ImageRecord, imageRecords, overdueImages, removableImages } from './image-records.ts';

const PERIOD_MS = 300_000;
const HIGH = 85;
const LOW = 80;

export interface ImageCollectorParts {
  settings: KubeletSettings;
  cri: CriClient;
  logger: Logger;
  /** References of images that pods of the node name. */
  wanted(): ReadonlySet<string>;
  imageFs(): Promise<FsCapacity | undefined>;
  nodeEvent(reason: string, message: string): void;
}

/** Removes images that nothing uses: the longest unused first when their disk fills up, or all that are too old (pkg/kubelet/images). */
export class ImageCollector {
  readonly #parts: ImageCollectorParts;
  readonly #high: number;
  readonly #low: number;
  readonly #minAgeMs: number;
  readonly #maxAgeMs: number;
  readonly #abort = new AbortController();
  readonly #startedAt = steadyNow();
  #records: ReadonlyMap<string, ImageRecord> = new Map();
  #loop: Promise<void> | undefined;

  /** @throws Error naming the setting that is wrong */
  constructor(parts: ImageCollectorParts) {
    const { settings } = parts;
    this.#parts = parts;
    this.#high = settings.imageGCHighThresholdPercent ?? HIGH;
    this.#low = settings.imageGCLowThresholdPercent ?? LOW;
    if (this.#high < 0 || this.#high > 100)
      throw new Error(`imageGCHighThresholdPercent: invalid value ${this.#high}: must be in range [0, 100]`);
    if (this.#low < 0 || this.#low > this.#high)
      throw new Error(
        `imageGCLowThresholdPercent: invalid value ${this.#low}: must be at most imageGCHighThresholdPercent ${this.#high}`,
      );
    this.#minAgeMs = parseDuration(settings.imageMinimumGCAge ?? '2m0s');
    this.#maxAgeMs = parseDuration(settings.imageMaximumGCAge ?? '0s');
  }

  start(): void {
    this.#loop = this.#run();
  }

  async #run(): Promise<void> {
    while (!this.#abort.signal.aborted) {
      await this.collect().catch((err) => this.#parts.logger.warn({ err }, 'images are not collected'));
      await sleep(PERIOD_MS, this.#abort.signal);
    }
  }

  /** One round: what is too old, then what the disk has no room for. */
  async collect(now = steadyNow()): Promise<void> {
    await this.#look(now);
    // Right after a start nothing is known of the time before.
    if (this.#maxAgeMs > 0 && now - this.#startedAt > this.#maxAgeMs)
      for (const image of overdueImages(this.#records, now, this.#maxAgeMs, this.#minAgeMs)) await this.#remove(image);
    const fs = await this.#parts.imageFs();
    if (!fs || fs.capacityBytes === 0) {
      this.#parts.nodeEvent('InvalidDiskCapacity', 'invalid capacity 0 on image filesystem');
      return;
    }
    const wanted = bytesToFree(fs, this.#high, this.#low);
    if (wanted <= 0) return;
    const freed = await this.#free(wanted, now);
    if (freed < wanted) {
      const message = `Failed to garbage collect required amount of images. Attempted to free ${wanted} bytes, but only found ${freed} bytes eligible to free.`;
      this.#parts.nodeEvent('FreeDiskSpaceFailed', message);
    }
  }

  /** Everything that nothing uses. */
  async deleteUnused(now = steadyNow()): Promise<void> {
    await this.#look(now);
    await this.#free(Number.POSITIVE_INFINITY, now);
  }

  async #look(now: number): Promise<void> {
    const [images, containers] = await Promise.all([this.#parts.cri.listImages(), this.#parts.cri.listContainers()]);
    const used = new Set(containers.flatMap(({ imageRef, image }) => [imageRef, image?.image ?? '']));
    for (const reference of this.#parts.wanted()) used.add(reference);
    const kept = images.filter(({ pinned, repoTags }) => !pinned && !repoTags.some(isBuiltinImage));
    this.#records = imageRecords(this.#records, kept, used, now);
  }

  async #free(bytes: number, now: number): Promise<number> {
    let freed = 0;
    for (const image of removableImages(this.#records, now, this.#minAgeMs)) {
      if (freed >= bytes) break;
      if (await this.#remove(image)) freed += image.size;
    }
    return freed;
  }

  async #remove({ id, size }: ImageRecord): Promise<boolean> {
    try {
      await this.#parts.cri.removeImage(id);
      this.#parts.logger.info({ image: id, size }, 'unused image removed');
      return true;
    } catch (err) {
      this.#parts.logger.warn({ err, image: id }, 'image is not removed');
      return false;
    }
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#loop;
  }
}
