import type { PathHandler } from '@windlass/apiserver';

/** The Kubernetes release whose API is served, and our own build. */
export const GIT_VERSION = 'v1.36.2+windlass';

const VERSION = {
  major: '1',
  minor: '36',
  emulationMajor: '1',
  emulationMinor: '36',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '35',
  gitVersion: GIT_VERSION,
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: `node${process.version}`,
  compiler: 'node',
  platform: `${process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}`,
};

export const versionPath: PathHandler = () => ({
  status: 200,
  contentType: 'application/json',
  body: JSON.stringify(VERSION, undefined, 2),
});
