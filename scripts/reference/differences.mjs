/** Where two JSON values differ, as `path: ours | theirs`. `ignore` skips paths. */
export function differences(ours, theirs, ignore = /(?!)/, at = '') {
  if (ignore.test(at)) return [];
  if (Object.is(ours, theirs)) return [];
  const object = (value) => typeof value === 'object' && value !== null;
  if (!object(ours) || !object(theirs) || Array.isArray(ours) !== Array.isArray(theirs))
    return [`${at || '.'}: ${show(ours)} | ${show(theirs)}`];
  const keys = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
  return [...keys].flatMap((key) => differences(ours[key], theirs[key], ignore, `${at}/${key}`));
}

const show = (value) => (value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 200));

/** Lists of objects as a record by their names, so that order does not count. */
export const byName = (list, key = 'name') => Object.fromEntries((list ?? []).map((item) => [item[key], item]));
