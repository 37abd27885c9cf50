import type { AdmissionAttributes } from '@windlass/apiserver';
import { forbidden, type StatusError } from '@windlass/meta';

/** admission.NewForbidden: 403 about the object of the request, by its name, else its generateName, else `Unknown`. */
export function refused({ resource, name, object }: AdmissionAttributes, message: string): StatusError {
  const about = name || object?.metadata?.name || object?.metadata?.generateName || 'Unknown';
  return forbidden({ group: resource.group, resource: resource.resource }, about, message);
}
