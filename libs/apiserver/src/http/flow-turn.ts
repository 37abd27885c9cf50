import type { ServerResponse } from 'node:http';
import type { FlowTurn } from '../seams.ts';
import { TooBusy } from './plain-answer.ts';

/** Waits for the turn; tells the client by which objects it was judged. @throws TooBusy */
export function takeTurn(
  { schemaUid, levelUid, admitted }: FlowTurn,
  response: ServerResponse | undefined,
): Promise<void> | undefined {
  response?.setHeader('X-Kubernetes-PF-FlowSchema-UID', schemaUid);
  response?.setHeader('X-Kubernetes-PF-PriorityLevel-UID', levelUid);
  return admitted?.catch(() => {
    throw new TooBusy();
  });
}
