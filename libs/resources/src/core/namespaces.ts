import { builtin } from '../generic/definition.ts';
import type { Namespace } from '../types.gen.ts';

const NAME_LABEL = 'kubernetes.io/metadata.name';
const FINALIZER = 'kubernetes';

/** The label that carries the name, for selectors. */
function labelName({ metadata }: Namespace): void {
  if (metadata.name) metadata.labels = { ...metadata.labels, [NAME_LABEL]: metadata.name };
}

export const namespaces = builtin<Namespace>('v1', 'namespaces', {
  nameRule: 'dns1123Label',
  strategy: {
    default(namespace) {
      labelName(namespace);
      namespace.spec ??= {};
      namespace.status ??= {};
      namespace.status.phase ||= 'Active';
    },
    prepareForCreate(namespace) {
      labelName(namespace);
      namespace.status = { phase: 'Active' };
      const finalizers = namespace.spec?.finalizers ?? [];
      namespace.spec = { finalizers: finalizers.includes(FINALIZER) ? finalizers : [...finalizers, FINALIZER] };
    },
    prepareForUpdate(namespace, old) {
      namespace.spec = { ...namespace.spec, finalizers: old.spec?.finalizers };
      namespace.status = old.status;
    },
  },
});
