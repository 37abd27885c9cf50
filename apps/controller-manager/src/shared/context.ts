import type { Client, EventRecorder, InformerFactory } from '@windlass/client';
import type { Logger } from '@windlass/platform';

/** What every controller is made from. */
export interface ControllerContext {
  client: Client;
  informers: InformerFactory;
  recorder: (component: string) => EventRecorder;
  logger: Logger;
  now: () => Date;
}

/** Second-resolution RFC 3339, as metav1.Time is written. */
export const timestamp = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;
