/** A malformed image name: InvalidImageName. */
export class InvalidImageName extends Error {
  override name = 'InvalidImageName';
}

const NAME =
  /^(?:(?<host>(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)(?:\.[a-zA-Z0-9-]+)*(?::\d+)?|\[[0-9a-fA-F:]+\](?::\d+)?)\/)?(?<path>[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*)(?::(?<tag>[\w][\w.-]{0,127}))?(?:@(?<digest>[a-z0-9]+:[0-9a-f]{32,}))?$/;

/**
 * Docker's normal form of an image name: `busybox` is `docker.io/library/busybox:latest` (distribution/reference).
 * @throws InvalidImageName with the kubelet's text
 */
export function normalizeImage(image: string): { host: string; reference: string } {
  const match = NAME.exec(image);
  if (!match)
    throw new InvalidImageName(
      `Failed to apply default image tag ${JSON.stringify(image)}: couldn't parse image name ${JSON.stringify(image)}: invalid reference format`,
    );
  const groups = match.groups!;
  let host = groups.host;
  let repository = groups.path!;
  // The first part is a registry only if it cannot be a user's name.
  if (host && !/[.:]/.test(host) && host !== 'localhost') {
    repository = `${host}/${repository}`;
    host = undefined;
  }
  host ??= 'docker.io';
  if (host === 'docker.io' && !repository.includes('/')) repository = `library/${repository}`;
  const digest = groups.digest ? `@${groups.digest}` : '';
  const tag = groups.tag ? `:${groups.tag}` : digest ? '' : ':latest';
  return { host, reference: `${host}/${repository}${tag}${digest}` };
}
