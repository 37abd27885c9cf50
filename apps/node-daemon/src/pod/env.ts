import type { ConfigMap, Container, Pod, Secret, Service } from '@windlass/resources';
import { expand } from './expansion.ts';
import { type FieldFacts, fieldValue, resourceValue } from './fields.ts';

/** Objects that a pod's environment and volumes refer to. undefined: there is none. */
export interface PodObjects {
  configMap(name: string): Promise<ConfigMap | undefined>;
  secret(name: string): Promise<Secret | undefined>;
}

/** A container that cannot be made for its configuration: CreateContainerConfigError. */
export class ContainerConfigError extends Error {
  override name = 'ContainerConfigError';
}

const upper = (name: string): string => name.toUpperCase().replaceAll('-', '_');

/** Docker-links compatible variables of the services that existed when the container was made (pkg/kubelet/envvars). */
export function serviceEnv(services: readonly Service[]): Record<string, string> {
  const env: Record<string, string> = {};
  for (const service of services) {
    const ip = service.spec?.clusterIP;
    const ports = service.spec?.ports ?? [];
    if (!ip || ip === 'None' || !ports[0]) continue;
    const name = upper(service.metadata.name!);
    env[`${name}_SERVICE_HOST`] = ip;
    env[`${name}_SERVICE_PORT`] = String(ports[0].port);
    for (const port of ports) if (port.name) env[`${name}_SERVICE_PORT_${upper(port.name)}`] = String(port.port);
    const at = ip.includes(':') ? `[${ip}]` : ip;
    for (const [i, port] of ports.entries()) {
      const protocol = port.protocol ?? 'TCP';
      const url = `${protocol.toLowerCase()}://${at}:${port.port}`;
      const prefix = `${name}_PORT_${port.port}_${protocol}`;
      if (i === 0) env[`${name}_PORT`] = url;
      env[prefix] = url;
      env[`${prefix}_PROTO`] = protocol.toLowerCase();
      env[`${prefix}_PORT`] = String(port.port);
      env[`${prefix}_ADDR`] = ip;
    }
  }
  return env;
}

/**
 * A container's environment: envFrom, then env in order (later names may refer to earlier ones), then service variables that nothing overrides.
 * @throws ContainerConfigError when a required object or key is missing
 */
export async function containerEnv(
  pod: Pod,
  container: Container,
  facts: FieldFacts,
  objects: PodObjects,
  services: Record<string, string>,
): Promise<Record<string, string>> {
  const env: Record<string, string> = {};
  for (const from of container.envFrom ?? []) {
    const prefix = from.prefix ?? '';
    if (from.configMapRef) {
      const name = from.configMapRef.name!;
      const found = await objects.configMap(name);
      if (!found && !from.configMapRef.optional) throw new ContainerConfigError(`configmap ${JSON.stringify(name)} not found`);
      for (const [key, value] of Object.entries(found?.data ?? {})) env[prefix + key] = value;
    }
    if (from.secretRef) {
      const name = from.secretRef.name!;
      const found = await objects.secret(name);
      if (!found && !from.secretRef.optional) throw new ContainerConfigError(`secret ${JSON.stringify(name)} not found`);
      for (const [key, value] of Object.entries(found?.data ?? {})) env[prefix + key] = Buffer.from(value, 'base64').toString();
    }
  }
  const own: Record<string, string> = {};
  const lookup = (name: string) => own[name] ?? services[name] ?? env[name];
  for (const { name, value, valueFrom } of container.env ?? []) {
    if (!valueFrom) {
      own[name] = expand(value ?? '', lookup);
      continue;
    }
    const found = await referenced(pod, container, valueFrom, facts, objects);
    if (found !== undefined) own[name] = found;
  }
  return { ...services, ...env, ...own };
}

async function referenced(
  pod: Pod,
  container: Container,
  from: NonNullable<NonNullable<Container['env']>[number]['valueFrom']>,
  facts: FieldFacts,
  objects: PodObjects,
): Promise<string | undefined> {
  if (from.fieldRef) return fieldValue(from.fieldRef, pod, facts);
  if (from.resourceFieldRef) {
    const { containerName } = from.resourceFieldRef;
    const all = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
    return resourceValue(from.resourceFieldRef, all.find(({ name }) => name === containerName) ?? container, facts);
  }
  const where = `${pod.metadata.namespace}`;
  if (from.configMapKeyRef) {
    const { key, optional } = from.configMapKeyRef;
    const name = from.configMapKeyRef.name!;
    const found = await objects.configMap(name);
    if (!found && !optional) throw new ContainerConfigError(`configmap ${JSON.stringify(name)} not found`);
    const value = found?.data?.[key];
    if (value === undefined && !optional)
      throw new ContainerConfigError(`couldn't find key ${key} in ConfigMap ${where}/${name}`);
    return value;
  }
  if (from.secretKeyRef) {
    const { key, optional } = from.secretKeyRef;
    const name = from.secretKeyRef.name!;
    const found = await objects.secret(name);
    if (!found && !optional) throw new ContainerConfigError(`secret ${JSON.stringify(name)} not found`);
    const value = found?.data?.[key];
    if (value === undefined && !optional) throw new ContainerConfigError(`couldn't find key ${key} in Secret ${where}/${name}`);
    return value === undefined ? undefined : Buffer.from(value, 'base64').toString();
  }
  return undefined;
}
