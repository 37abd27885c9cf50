import type { AdmissionPlugin } from '@windlass/apiserver';
import type { Toleration } from '@windlass/resources';
import { isPods, podOf } from './pods.ts';

const SECONDS = 300;
const KEYS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

const tolerates = (key: string) => (toleration: Toleration) =>
  (!toleration.key || toleration.key === key) && (!toleration.effect || toleration.effect === 'NoExecute');

/** A pod that says nothing of broken nodes stays on one for five minutes. */
export const defaultTolerationSeconds = (): AdmissionPlugin => ({
  name: 'DefaultTolerationSeconds',
  handles: (operation) => operation === 'CREATE' || operation === 'UPDATE',
  admit(attributes) {
    if (!isPods(attributes)) return;
    const { spec } = podOf(attributes);
    const tolerations = spec.tolerations ?? [];
    const missing = KEYS.filter((key) => !tolerations.some(tolerates(key)));
    if (missing.length === 0) return;
    const added = missing.map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: SECONDS }) as const);
    spec.tolerations = [...tolerations, ...added];
  },
});
