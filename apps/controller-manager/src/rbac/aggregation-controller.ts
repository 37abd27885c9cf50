import { isNotFound, keyOf } from '@windlass/client';
import { type Controller, controller, watch } from '@windlass/controller';
import { equalJson } from '@windlass/meta';
import type { ClusterRole } from '@windlass/resources';
import type { ControllerContext } from '../shared/context.ts';
import { refs } from '../shared/refs.ts';
import { aggregatedRules } from './aggregate.ts';

const NAME = 'clusterrole-aggregation-controller';

/** Gives cluster roles with an aggregationRule the rules of the roles that it selects. (pkg/controller/clusterroleaggregation) */
export function clusterRoleAggregationController({ client, informers, logger }: ControllerContext): Controller {
  const roles = informers.informer<ClusterRole>(refs.clusterRoles);
  const roleClient = client.resource<ClusterRole>(refs.clusterRoles);
  const aggregating = () => roles.store.list().filter(({ aggregationRule }) => aggregationRule);
  return controller({
    name: NAME,
    logger,
    watches: [watch(roles, () => aggregating().map(keyOf))],
    reconcile: async (key) => {
      const role = roles.store.get(key);
      if (!role?.aggregationRule) return;
      const rules = aggregatedRules(role, roles.store.list());
      if (equalJson(rules, role.rules ?? [])) return;
      try {
        await roleClient.apply({ metadata: { name: role.metadata.name }, rules }, { fieldManager: NAME, force: true });
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    },
  });
}
