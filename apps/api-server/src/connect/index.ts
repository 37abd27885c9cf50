import { type Authorizer, type ConnectHandler, extensionKey } from '@windlass/apiserver';
import type { Foundation } from '../start-api-server.ts';
import { podLog } from './pod-log.ts';
import { podAttach, podExec, podPortForward } from './pod-streams.ts';
import { nodeProxy, podProxy, serviceProxy } from './proxy.ts';

/** log, exec, attach, portforward and proxy. */
export function addConnects({ extensions, kubelets, reader }: Foundation, authorizer: Authorizer): void {
  const streaming = { kubelets, reader, authorizer };
  const add = (resource: string, subresource: string, handler: ConnectHandler) =>
    extensions.connects.set(extensionKey('', resource, subresource), handler);
  add('pods', 'attach', podAttach(streaming));
  add('pods', 'exec', podExec(streaming));
  add('pods', 'log', podLog(kubelets, reader));
  add('nodes', 'proxy', nodeProxy(kubelets));
  add('pods', 'proxy', podProxy(reader));
  add('services', 'proxy', serviceProxy(reader));
  add('pods', 'portforward', podPortForward(streaming));
}
