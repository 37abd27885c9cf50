import { readFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';

type Saved = Record<string, Record<string, number>>;

/** How far each sink has taken each file, in bytes: sink → file id → offset. Kept on disk; a lost save means a line twice, never a line lost. */
export class Positions {
  readonly #file: string;
  readonly #sinks: Map<string, Map<string, number>>;
  #writing: Promise<void> = Promise.resolve();

  constructor(file: string) {
    this.#file = file;
    this.#sinks = new Map(Object.entries(readSaved(file)).map(([sink, files]) => [sink, new Map(Object.entries(files))]));
  }

  get(sink: string, file: string): number {
    return this.#sinks.get(sink)?.get(file) ?? 0;
  }

  set(sink: string, file: string, offset: number): void {
    const files = this.#sinks.get(sink) ?? new Map<string, number>();
    this.#sinks.set(sink, files.set(file, offset));
  }

  /** Forgets files that are gone, so that a reused inode starts at 0. */
  keepOnly(files: ReadonlySet<string>): void {
    for (const positions of this.#sinks.values()) for (const id of positions.keys()) if (!files.has(id)) positions.delete(id);
  }

  /** Writes all positions durably, replacing the file in one step. */
  save(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  async #write(): Promise<void> {
    const saved: Saved = Object.fromEntries([...this.#sinks].map(([sink, files]) => [sink, Object.fromEntries(files)]));
    const temporary = `${this.#file}.tmp`;
    const handle = await open(temporary, 'w', 0o600);
    try {
      await handle.writeFile(JSON.stringify(saved));
      await handle.datasync();
    } finally {
      await handle.close();
    }
    await rename(temporary, this.#file);
  }
}

function readSaved(file: string): Saved {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Saved;
  } catch {
    return {};
  }
}
