import type { AdmissionAttributes, AdmissionPlugin, ResourceReader } from '@windlass/apiserver';
import { compareQuantities } from '@windlass/meta';
import type { RuntimeClass } from '@windlass/resources';
import { isPods, podOf } from '../pods.ts';
import { refused } from '../refused.ts';
import { mergeTolerations } from './merge-tolerations.ts';

type Amounts = Record<string, string>;

const sameAmounts = (a: Amounts, b: Amounts): boolean =>
  Object.keys(a).length === Object.keys(b).length &&
  Object.entries(a).every(([name, amount]) => b[name] !== undefined && compareQuantities(amount, b[name]) === 0);

const overheadOf = ({ overhead }: RuntimeClass): Amounts | undefined => overhead && (overhead.podFixed ?? {});

function setOverhead(attributes: AdmissionAttributes, runtime: RuntimeClass): void {
  const overhead = overheadOf(runtime);
  if (!overhead) return;
  const { spec } = podOf(attributes);
  const stated = spec.overhead ?? {};
  if (Object.keys(stated).length > 0 && !sameAmounts(stated, overhead))
    throw refused(attributes, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
  if (Object.keys(overhead).length > 0) spec.overhead = { ...overhead };
}

function setScheduling(attributes: AdmissionAttributes, { scheduling }: RuntimeClass): void {
  if (!scheduling) return;
  const { spec } = podOf(attributes);
  for (const [key, value] of Object.entries(scheduling.nodeSelector ?? {})) {
    const stated = spec.nodeSelector?.[key];
    if (stated !== undefined && stated !== value)
      throw refused(
        attributes,
        `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${stated}`,
      );
  }
  if (scheduling.nodeSelector) spec.nodeSelector = { ...spec.nodeSelector, ...scheduling.nodeSelector };
  const tolerations = mergeTolerations(spec.tolerations ?? [], scheduling.tolerations ?? []);
  if (tolerations.length > 0) spec.tolerations = tolerations;
}

/** A pod with a runtime class gets its overhead and where its nodes are. */
export function runtimeClass(reader: ResourceReader): AdmissionPlugin {
  async function classOf(attributes: AdmissionAttributes): Promise<RuntimeClass | undefined> {
    const { runtimeClassName } = podOf(attributes).spec;
    if (runtimeClassName === undefined) return undefined;
    const key = ['node.k8s.io', 'runtimeclasses', '', runtimeClassName] as const;
    const found = reader.get(...key) ?? (await reader.getFresh(...key));
    if (!found) throw refused(attributes, `pod rejected: RuntimeClass ${JSON.stringify(runtimeClassName)} not found`);
    return found as unknown as RuntimeClass;
  }
  return {
    name: 'RuntimeClass',
    handles: (operation) => operation === 'CREATE',
    async admit(attributes) {
      if (!isPods(attributes)) return;
      const found = await classOf(attributes);
      if (!found) return;
      setOverhead(attributes, found);
      setScheduling(attributes, found);
    },
    async validate(attributes) {
      if (!isPods(attributes)) return;
      const found = await classOf(attributes);
      const overhead = found && overheadOf(found);
      const stated = podOf(attributes).spec.overhead ?? {};
      if (overhead && !sameAmounts(stated, overhead))
        throw refused(attributes, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
      if (!overhead && Object.keys(stated).length > 0)
        throw refused(attributes, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead');
    },
  };
}
