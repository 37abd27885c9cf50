export interface Series {
  labels: Record<string, string>;
  value: number;
  /** Milliseconds since 1970. */
  time?: number;
}
export interface Family {
  name: string;
  help: string;
  type: 'counter' | 'gauge';
  series: readonly Series[];
}

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

function line(name: string, { labels, value, time }: Series): string {
  const pairs = Object.entries(labels)
    .map(([key, text]) => `${key}="${escaped(text)}"`)
    .join(',');
  return `${name}${pairs ? `{${pairs}}` : ''} ${value}${time === undefined ? '' : ` ${time}`}`;
}

/** The text exposition format, version 0.0.4. Families without series are left out. */
export const exposition = (families: readonly Family[]): string =>
  families
    .filter(({ series }) => series.length > 0)
    .map(
      ({ name, help, type, series }) =>
        `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${series.map((each) => line(name, each)).join('\n')}\n`,
    )
    .join('');
