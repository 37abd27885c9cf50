import { type FieldError, fieldError, path } from '@windlass/meta';

export const LEVELS = ['privileged', 'baseline', 'restricted'] as const;
export type Level = (typeof LEVELS)[number];

/** A minor version of Kubernetes 1, or the newest rules. */
export type Version = number | 'latest';

export interface LevelVersion {
  level: Level;
  version: Version;
}

/** What a namespace asks for, by mode. */
export interface Policy {
  enforce: LevelVersion;
  audit: LevelVersion;
  warn: LevelVersion;
}

export const PREFIX = 'pod-security.kubernetes.io/';

export const levelText = ({ level, version }: LevelVersion): string =>
  `${level}:${version === 'latest' ? 'latest' : `v1.${version}`}`;

export const compareLevels = (a: Level, b: Level): number => LEVELS.indexOf(a) - LEVELS.indexOf(b);

const MODES = ['enforce', 'audit', 'warn'] as const;

/**
 * The policy that a namespace's labels ask for; modes without a label are privileged, but what is enforced is warned of. Labels that
 * cannot be read are errors, and count as the strictest when enforced, as none otherwise.
 */
export function policyOf(labels: Readonly<Record<string, string>> = {}): { policy: Policy; errors: FieldError[] } {
  const errors: FieldError[] = [];
  const bad = (label: string, detail: string) =>
    void errors.push(fieldError.invalid(path('metadata', 'labels').key(label), labels[label], detail));
  const levelOf = (mode: (typeof MODES)[number]): Level => {
    const text = labels[PREFIX + mode];
    if (text === undefined || (LEVELS as readonly string[]).includes(text)) return (text as Level) ?? 'privileged';
    bad(PREFIX + mode, `must be one of ${LEVELS.join(', ')}`);
    return mode === 'enforce' ? 'restricted' : 'privileged';
  };
  const versionOf = (mode: string): Version => {
    const text = labels[`${PREFIX}${mode}-version`];
    if (text === undefined || text === 'latest') return 'latest';
    const minor = /^v1\.(0|[1-9][0-9]*)$/.exec(text)?.[1];
    if (minor !== undefined) return Number(minor);
    bad(`${PREFIX}${mode}-version`, 'must be "latest" or "v1.x"');
    return 'latest';
  };
  const [enforce, audit, warn] = MODES.map((mode) => ({ level: levelOf(mode), version: versionOf(mode) })) as [
    LevelVersion,
    LevelVersion,
    LevelVersion,
  ];
  const isReadable = (LEVELS as readonly string[]).includes(labels[`${PREFIX}enforce`] ?? '');
  if (labels[`${PREFIX}warn`] === undefined && isReadable && enforce.level !== 'privileged') {
    warn.level = enforce.level;
    if (labels[`${PREFIX}warn-version`] === undefined) warn.version = enforce.version;
  }
  return { policy: { enforce, audit, warn }, errors };
}
