import type { NodeDaemonConfig } from '../config.ts';
import type { NodeRuntime } from '../runtime/node-runtime.ts';
import { configz } from './configz.ts';
import { type Handler, type Route, sendJson, sendText } from './http.ts';
import { localVolumes } from './local-volumes.ts';
import { containerLogs } from './logs/container-logs.ts';
import { pods, runningPods } from './pods.ts';
import { statsRoutes } from './stats.ts';
import { portForward } from './streams/port-forward.ts';
import { attach, exec } from './streams/remote-command.ts';
import { run } from './streams/run.ts';

const healthz: Handler = (_call, response) => sendText(response, 200, 'ok');

/** Every path of the kubelet API. */
export const kubeletRoutes = (config: NodeDaemonConfig, runtime: NodeRuntime): Route[] => [
  { root: 'attach', upgrade: attach },
  { root: 'configz', handle: (_call, response) => sendJson(response, configz(config, runtime)) },
  { root: 'containerLogs', handle: containerLogs },
  { root: 'exec', upgrade: exec },
  { root: 'healthz', handle: healthz },
  { root: 'localVolumes', handle: localVolumes },
  { root: 'pods', handle: pods },
  { root: 'portForward', upgrade: portForward },
  { root: 'run', handle: run },
  { root: 'runningpods', handle: runningPods },
  ...statsRoutes(runtime),
];
