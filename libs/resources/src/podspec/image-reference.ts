const COMPONENT = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const DOMAIN = `(?:${COMPONENT}(?:\\.${COMPONENT})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const PATH = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const DIGEST = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}';
const REFERENCE = new RegExp(`^(?:${DOMAIN}/)?${PATH}(?:/${PATH})*(?::(\\w[\\w.-]{0,127}))?(?:@(${DIGEST}))?$`);
const BARE_ID = /^[a-f0-9]{64}$/;

/** Tag of a container image as parsers.ParseImageName finds it: `latest` when it has neither tag nor digest, '' when unreadable. */
export function imageTag(image: string): string {
  const found = BARE_ID.test(image) ? null : REFERENCE.exec(image);
  if (!found) return '';
  return found[1] ?? (found[2] ? '' : 'latest');
}
