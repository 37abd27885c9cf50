import type { ResourceRef } from '@windlass/client';
import type { KubeObject } from '@windlass/meta';
import type { LabelSelector, PodTemplateSpec, ReplicaSetStatus } from '@windlass/resources';
import { refs } from '../shared/refs.ts';

/** What ReplicaSet and ReplicationController have in common; their selectors differ. */
export interface ReplicaOwner extends KubeObject {
  apiVersion: string;
  kind: string;
  spec: {
    replicas?: number;
    minReadySeconds?: number;
    selector?: LabelSelector | Record<string, string>;
    template?: PodTemplateSpec;
  };
  status?: ReplicaSetStatus;
}

export interface ReplicaKind {
  ref: ResourceRef & { kind: string };
  controllerName: string;
  component: string;
  selector: (owner: ReplicaOwner) => LabelSelector;
  /** Whether the status has terminatingReplicas. */
  countsTerminating: boolean;
}

export const replicaSetKind: ReplicaKind = {
  ref: refs.replicaSets,
  controllerName: 'replicaset',
  component: 'replicaset-controller',
  selector: (owner) => owner.spec.selector as LabelSelector,
  countsTerminating: true,
};

export const replicationControllerKind: ReplicaKind = {
  ref: refs.replicationControllers,
  controllerName: 'replicationcontroller',
  component: 'replication-controller',
  selector: (owner) => ({ matchLabels: owner.spec.selector as Record<string, string> }),
  countsTerminating: false,
};
