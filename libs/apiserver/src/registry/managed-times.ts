import { type AnyObject, equalJson } from '@windlass/meta';

type Entry = { time?: string };

const withoutTime = ({ time: _, ...entry }: Entry): object => entry;

function sameBeyondMetadata(object: AnyObject, old: AnyObject): boolean {
  const { metadata, ...rest } = object;
  const { metadata: before, ...former } = old;
  const { managedFields: _, resourceVersion: __, ...meta } = metadata;
  const { managedFields: ___, resourceVersion: ____, ...formerMeta } = before;
  return equalJson(meta, formerMeta) && equalJson(rest, former);
}

/**
 * A write that changes nothing but the times of managedFields leaves them too, so that it is none
 * (handlers/fieldmanager.IgnoreManagedFieldsTimestampsTransformer). Changes `object`.
 */
export function keepManagedTimes(object: AnyObject, old: AnyObject): void {
  const now = object.metadata.managedFields as Entry[] | undefined;
  const before = old.metadata.managedFields as Entry[] | undefined;
  if (!now || !before || now === before || now.length !== before.length) return;
  if (now.every(({ time }, i) => time === before[i]!.time)) return;
  if (!now.every((entry, i) => equalJson(withoutTime(entry), withoutTime(before[i]!)))) return;
  if (sameBeyondMetadata(object, old)) Object.assign(object.metadata, { managedFields: before });
}
