import type { AdmissionAttributes, AdmissionPlugin, Registry, ResourceReader } from '@windlass/apiserver';
import { type AnyObject, type ResourceDefinition, StatusError } from '@windlass/meta';
import { type Amounts, growth, matchesScopes, type Pod, type ResourceQuota, usageOf } from '@windlass/resources';
import { isPods, podOf } from '../pods.ts';
import { refused } from '../refused.ts';
import { charge, limitedNames, missingRequests } from './charge.ts';

const MEASURED_ON_UPDATE = new Set(['services', 'persistentvolumeclaims']);

const isCounted = (attributes: AdmissionAttributes): boolean => {
  const { operation, subresource, resource, namespace } = attributes;
  if (namespace === '' || resource.resource === 'namespaces') return false;
  if (operation === 'CREATE') return subresource === '';
  if (isPods(attributes, 'resize')) return true;
  return subresource === '' && resource.group === '' && MEASURED_ON_UPDATE.has(resource.resource);
};

/**
 * What a namespace may use at most. Usage is counted in the quota's status by compare-and-swap before the object is stored, so no number of
 * requests over any number of servers exceeds it; a controller counts down again. Runs last, when nothing else refuses.
 */
export function resourceQuota(reader: ResourceReader, registry: Registry, quotas: ResourceDefinition): AdmissionPlugin {
  async function count(attributes: AdmissionAttributes, name: string, requested: Amounts, isDry: boolean): Promise<void> {
    const change = (current: AnyObject) => {
      const reason = charge(current as unknown as ResourceQuota, requested);
      if (reason) throw refused(attributes, reason);
    };
    try {
      await registry.rewrite(quotas, attributes.namespace, name, change, isDry);
    } catch (error) {
      // A quota that is gone limits nothing.
      if (!(error instanceof StatusError && error.code === 404)) throw error;
    }
  }

  return {
    name: 'ResourceQuota',
    handles: (operation) => operation === 'CREATE' || operation === 'UPDATE',
    async validate(attributes) {
      if (!isCounted(attributes)) return;
      const { resource, object, oldObject, namespace, dryRun } = attributes;
      const pod: Pod | undefined = attributes.resource.resource === 'pods' ? podOf(attributes) : undefined;
      const all = reader.list('', 'resourcequotas', namespace) as unknown as ResourceQuota[];
      if (all.length === 0) return;
      const now = registry.now();
      const usage = (one: AnyObject | undefined) => usageOf(resource, one as AnyObject, now);
      const requested = growth(usage(object), attributes.operation === 'UPDATE' ? usage(oldObject) : new Map());
      if (requested.size === 0) return;
      const matching = all
        .filter((quota) => matchesScopes(quota, resource, object as AnyObject))
        .filter((quota) => limitedNames(quota, requested).length > 0 || (pod && missingRequests(quota, pod)));
      for (const quota of matching) {
        const missing = pod && missingRequests(quota, pod);
        if (missing) throw refused(attributes, `failed quota: ${quota.metadata.name}: ${missing}`);
      }
      for (const isDry of dryRun ? [true] : [true, false])
        for (const { metadata } of matching) await count(attributes, metadata.name!, requested, isDry);
    },
  };
}
