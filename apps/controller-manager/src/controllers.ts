import type { Runnable } from '@windlass/controller';
import { deploymentController } from './deployment/controller.ts';
import { replicaController } from './replicaset/controller.ts';
import { replicaSetKind, replicationControllerKind } from './replicaset/kinds.ts';
import type { ControllerContext } from './shared/context.ts';
import type { ControllerManagerConfig } from './start.ts';

/** A controller is a function of the context; what needs configuration takes it as its second argument. */
export type ControllerMaker = (context: ControllerContext, config: ControllerManagerConfig) => Runnable;

/** Everything that runs, by the name that logs and `config.controllers` use. */
export const controllers: Record<string, ControllerMaker> = {
  deployment: deploymentController,
  replicaset: (context) => replicaController(context, replicaSetKind),
  replicationcontroller: (context) => replicaController(context, replicationControllerKind),
};
