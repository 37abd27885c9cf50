import { Quantity } from '@windlass/meta';
import type { Container, EphemeralContainer, HTTPGetAction, LifecycleHandler, Probe } from '../types.gen.ts';
import { pullPolicyFor } from './volume-defaults.ts';

function defaultHttpGet(action: HTTPGetAction | undefined): void {
  if (!action) return;
  action.path ||= '/';
  action.scheme ||= 'HTTP';
}

function defaultProbe(probe: Probe | undefined): void {
  if (!probe) return;
  probe.timeoutSeconds ||= 1;
  probe.periodSeconds ||= 10;
  probe.successThreshold ||= 1;
  probe.failureThreshold ||= 3;
  defaultHttpGet(probe.httpGet);
  if (probe.grpc) probe.grpc.service ??= '';
}

const defaultHandler = (handler: LifecycleHandler | undefined): void => defaultHttpGet(handler?.httpGet);

/** Amounts below a thousandth are rounded up (SetDefaults_ResourceList). */
export function roundUp(list: Record<string, string> | undefined): void {
  for (const name in list) {
    const text = list[name]!;
    if (/[nu]$/.test(text)) list[name] = Quantity.parse(text).roundUpToMilli().toString();
  }
}

/** SetDefaults_Container and those of what is in it; also for ephemeral containers. */
export function defaultContainer(container: Container | EphemeralContainer): void {
  container.imagePullPolicy ||= pullPolicyFor(container.image ?? '');
  container.terminationMessagePath ||= '/dev/termination-log';
  container.terminationMessagePolicy ||= 'File';
  container.resources ??= {};
  roundUp(container.resources.limits);
  roundUp(container.resources.requests);
  for (const port of container.ports ?? []) port.protocol ||= 'TCP';
  for (const { valueFrom } of container.env ?? []) {
    if (valueFrom?.fieldRef) valueFrom.fieldRef.apiVersion ||= 'v1';
    if (valueFrom?.resourceFieldRef) valueFrom.resourceFieldRef.divisor ??= '0';
    if (valueFrom?.fileKeyRef) valueFrom.fileKeyRef.optional ??= false;
  }
  defaultProbe(container.livenessProbe);
  defaultProbe(container.readinessProbe);
  defaultProbe(container.startupProbe);
  defaultHandler(container.lifecycle?.postStart);
  defaultHandler(container.lifecycle?.preStop);
}
