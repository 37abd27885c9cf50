import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { parseIp } from '@windlass/meta';
import type { KubeletSettings } from '@windlass/node-daemon';
import { parseBootstrapToken, type Taint } from '@windlass/resources';
import { clusterPaths } from '../cluster/paths.ts';

/** What a machine that joins knows of itself. Kept in `<stateDir>/agent.json`, without the token. */
export interface AgentOptions {
  stateDir: string;
  /** `https://host:port` */
  server: string;
  nodeName: string;
  nodeIp: string;
  labels: Record<string, string>;
  taints: Taint[];
  kubelet?: KubeletSettings;
}

export interface JoinOptions {
  token?: string;
  /** `sha256:HEX` of the public key of the cluster's authority. None: the token's signature alone vouches for it. */
  caCertHashes: readonly string[];
}

const LABEL = /^([^=\s]+)=([^=\s]*)$/;
const TAINT = /^([^=:\s]+)(?:=([^:\s]*))?:(NoSchedule|PreferNoSchedule|NoExecute)$/;
const NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

/** @throws Error unless it is `key=value` */
export function parseLabel(text: string): [string, string] {
  const found = LABEL.exec(text);
  if (!found) throw new Error(`--label ${text}: want key=value`);
  return [found[1]!, found[2]!];
}

/** @throws Error unless it is `key[=value]:effect` */
export function parseTaint(text: string): Taint {
  const found = TAINT.exec(text);
  if (!found) throw new Error(`--taint ${text}: want key=value:effect with NoSchedule, PreferNoSchedule or NoExecute`);
  return { key: found[1]!, ...(found[2] === undefined ? {} : { value: found[2] }), effect: found[3] as Taint['effect'] };
}

/** @returns one line per mistake, naming the option and the reason */
export function agentMistakes(
  { stateDir, server, nodeName, nodeIp }: AgentOptions,
  { token, caCertHashes }: JoinOptions,
): string[] {
  const mistakes: string[] = [];
  if (!stateDir.startsWith('/')) mistakes.push(`--state-dir ${stateDir}: want an absolute path`);
  if (!URL.canParse(server) || new URL(server).protocol !== 'https:') mistakes.push(`--server ${server}: want https://HOST:PORT`);
  if (token !== undefined && !parseBootstrapToken(token))
    mistakes.push('--token: want six and sixteen lower case letters and digits, as in abcdef.0123456789abcdef');
  for (const hash of caCertHashes)
    if (!/^sha256:[0-9a-f]{64}$/i.test(hash)) mistakes.push(`--ca-cert-hash ${hash}: want sha256: and 64 hexadecimal digits`);
  if (!NAME.test(nodeName)) mistakes.push(`--node-name ${nodeName}: want lower case letters, digits, "-" and "."`);
  if (!parseIp(nodeIp)) mistakes.push(`--node-ip ${nodeIp}: want an IP address of this machine`);
  return mistakes;
}

const fileOf = (stateDir: string): string => path.join(stateDir, 'agent.json');

export function savedAgent(stateDir: string): AgentOptions | undefined {
  const file = fileOf(stateDir);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as AgentOptions) : undefined;
}

export async function saveAgent(options: AgentOptions): Promise<void> {
  await mkdir(options.stateDir, { recursive: true, mode: 0o755 });
  for (const directory of clusterPaths(options.stateDir).directories) await mkdir(directory, { recursive: true, mode: 0o755 });
  writeFileSync(fileOf(options.stateDir), `${JSON.stringify(options, undefined, 2)}\n`);
}

/** The cgroup below which all pods of a joined machine live. */
export const agentCgroup = ({ nodeName }: AgentOptions): string => `/windlass-agent-${nodeName}`;
