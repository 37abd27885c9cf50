import type { AdmissionAttributes, AdmissionPlugin, ResourceReader } from '@windlass/apiserver';
import type { PriorityClass } from '@windlass/resources';
import { isAbout } from '../matches.ts';
import { isPods, podOf } from '../pods.ts';
import { refused } from '../refused.ts';
import { type Chosen, globalDefault, NO_CLASS, setPriority } from './choose.ts';

const GROUP = 'scheduling.k8s.io';
const RESOURCE = 'priorityclasses';
const SYSTEM: ReadonlySet<string> = new Set(['system-node-critical', 'system-cluster-critical']);

/** The number behind a pod's priority class; at most one class is the default; Kubernetes' own classes stay. */
export function priority(reader: ResourceReader): AdmissionPlugin {
  const defaultOf = () => globalDefault(reader.list(GROUP, RESOURCE) as unknown as PriorityClass[]);

  async function choose(attributes: AdmissionAttributes): Promise<Chosen> {
    const { spec } = podOf(attributes);
    const name = spec.priorityClassName;
    if (!name) {
      const chosen = defaultOf();
      if (chosen) spec.priorityClassName = chosen.metadata.name;
      return chosen ?? NO_CLASS;
    }
    const found = reader.get(GROUP, RESOURCE, '', name) ?? (await reader.getFresh(GROUP, RESOURCE, '', name));
    if (!found) throw refused(attributes, `no PriorityClass with name ${name} was found`);
    return found as unknown as PriorityClass;
  }

  function keep(attributes: AdmissionAttributes): void {
    const { spec } = podOf(attributes);
    const old = podOf({ ...attributes, object: attributes.oldObject }).spec;
    if (spec.priority === undefined && old.priority !== undefined) spec.priority = old.priority;
    if (spec.preemptionPolicy === undefined && old.preemptionPolicy !== undefined) spec.preemptionPolicy = old.preemptionPolicy;
  }

  function checkDefault(attributes: AdmissionAttributes): void {
    const wanted = attributes.object as unknown as PriorityClass;
    if (!wanted.globalDefault) return;
    const name = defaultOf()?.metadata.name;
    if (name !== undefined && (attributes.operation === 'CREATE' || name !== wanted.metadata.name))
      throw refused(attributes, `PriorityClass ${name} is already marked as default. Only one default can exist`);
  }

  return {
    name: 'Priority',
    handles: (operation) => operation !== 'CONNECT',
    async admit(attributes) {
      if (!isPods(attributes)) return;
      if (attributes.operation === 'UPDATE') return keep(attributes);
      if (attributes.operation !== 'CREATE') return;
      const reason = setPriority(podOf(attributes).spec, await choose(attributes));
      if (reason) throw refused(attributes, reason);
    },
    validate(attributes) {
      if (!isAbout(attributes, GROUP, RESOURCE)) return;
      if (attributes.operation !== 'DELETE') return checkDefault(attributes);
      if (SYSTEM.has(attributes.name)) throw refused(attributes, 'this is a system priority class and cannot be deleted');
    },
  };
}
