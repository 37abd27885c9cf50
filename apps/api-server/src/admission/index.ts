import type { AdmissionPlugin, ResourceReader } from '@windlass/apiserver';
import { namespaceLifecycle } from './namespace-lifecycle.ts';
import { serviceAccount } from './service-account/plugin.ts';

export { sortPlugins } from './order.ts';

/** The built-in plugins that Kubernetes enables by default. The order is that of order.ts. */
export const builtinPlugins = (reader: ResourceReader): AdmissionPlugin[] => [namespaceLifecycle(reader), serviceAccount(reader)];
