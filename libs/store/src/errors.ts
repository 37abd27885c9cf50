/** The connection broke after a write was sent: it may or may not have been committed. Read before trying again. */
export class UnknownOutcomeError extends Error {
  override name = 'UnknownOutcomeError';
  readonly key: string;
  constructor(key: string, cause?: unknown) {
    super(`the outcome of the write of ${key} is unknown: the database connection was lost`, { cause });
    this.key = key;
  }
}

/** The database could not be reached in time; the operation was certainly not done. */
export class StoreUnavailableError extends Error {
  override name = 'StoreUnavailableError';
  constructor(cause?: unknown) {
    super(`the database cannot be reached: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** A key or a text that cannot be stored, whatever the state of the store. */
export class InvalidWriteError extends Error {
  override name = 'InvalidWriteError';
}

export class StoreClosedError extends Error {
  override name = 'StoreClosedError';
  constructor() {
    super('the store is closed');
  }
}
