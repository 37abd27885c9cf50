import { type AnyObject, badRequest } from '@windlass/meta';

/** The object that is written must be the one that the URL names. @throws StatusError 400 */
export function checkName({ metadata }: AnyObject, name: string): void {
  if (!metadata.name) throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  if (metadata.name !== name)
    throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`);
}
