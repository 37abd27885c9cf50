import type { AnyObject } from '@windlass/meta';
import data from '../data/bootstrap.json' with { type: 'json' };

/**
 * What kube-apiserver 1.36 makes at its start, by `group/resource`, without the labels and annotations that all of a resource share:
 * RBAC roles and bindings, flow schemas, priority levels, priority classes.
 */
export const bootstrapData = data as unknown as Record<string, AnyObject[]>;
