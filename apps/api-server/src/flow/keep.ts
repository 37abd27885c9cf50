import type { Bootstrap } from '../bootstrap/ensure.ts';
import { FLOW_GROUP } from './flow-control.ts';

const EVERY_MS = 60_000;

/** Brings the mandatory and suggested objects back when they are deleted or changed, and looks once a minute. @returns what ends it */
export function keepFlowObjects(
  bootstrap: Bootstrap,
  ensure: (bootstrap: Bootstrap) => Promise<void>,
  failed: (error: unknown) => void,
): () => void {
  let running = false;
  let again = false;
  const keep = async (): Promise<void> => {
    again = true;
    if (running) return;
    running = true;
    while (again) {
      again = false;
      await ensure(bootstrap).catch(failed);
    }
    running = false;
  };
  const timer = setInterval(keep, EVERY_MS);
  timer.unref();
  const stops = ['flowschemas', 'prioritylevelconfigurations'].map((resource) =>
    bootstrap.reader.onChange(FLOW_GROUP, resource, () => void keep()),
  );
  return () => {
    clearInterval(timer);
    for (const stop of stops) stop();
  };
}
