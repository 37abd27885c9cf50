import { readFileSync } from 'node:fs';

/** What the specs know of the cluster that global-setup.ts started. */
export interface Fixture {
  name: string;
  stateDir: string;
  kubeconfig: string;
  kubectl: string;
  nodes: string[];
  /** Addresses of the nodes, reachable from this machine. */
  nodeIps: string[];
  /** Process that holds journald's mount namespace; undefined where systemd-journald is not installed. */
  journaldPid?: number;
  /** Where the `central` log driver sends to; a spec listens there. */
  fluentdPort: number;
  /** Seconds from `up` to the example's first answer. */
  upSeconds: number;
}

export const FIXTURE_VARIABLE = 'WINDLASS_E2E_FIXTURE';

export const fixture = (): Fixture => JSON.parse(readFileSync(process.env[FIXTURE_VARIABLE]!, 'utf8')) as Fixture;
