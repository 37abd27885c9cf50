import { LocalVolumes } from '../volumes/local-volumes.ts';
import { VolumeError } from '../volumes/payload.ts';
import { type Handler, HttpError, sendJson } from './http.ts';

/** DELETE /localVolumes/HANDLE: removes the data of a volume that nobody claims any more. Answers when it is gone; ours, no kubelet has it. */
export const localVolumes: Handler = async ({ request, parts, runtime }, response) => {
  const [handle, ...rest] = parts;
  if (handle === undefined || rest.length > 0) throw new HttpError(404, '404 page not found\n');
  if (request.method !== 'DELETE') throw new HttpError(405, 'only DELETE is allowed');
  try {
    await new LocalVolumes(runtime.stateDir).remove(handle);
  } catch (error) {
    if (error instanceof VolumeError) throw new HttpError(400, error.message);
    throw error;
  }
  sendJson(response, {});
};
