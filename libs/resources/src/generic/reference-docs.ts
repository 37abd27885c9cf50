const MORE = 'More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors';

/** Texts of fields whose type is another schema: client-node's classes have none for them. By `type field`, as {@link fieldDoc}. */
export const REFERENCE_DOCS: Readonly<Record<string, string>> = {
  'apps.v1.DaemonSetSpec selector': `A label query over pods that are managed by the daemon set. Must match in order to be controlled. It must match the pod template's labels. ${MORE}`,
  'apps.v1.DeploymentSpec selector':
    "Label selector for pods. Existing ReplicaSets whose pods are selected by this will be the ones affected by this deployment. It must match the pod template's labels.",
  'apps.v1.ReplicaSetSpec selector': `Selector is a label query over pods that should match the replica count. Label keys and values that must match in order to be controlled by this replica set. It must match the pod template's labels. ${MORE}`,
  'autoscaling.v2.HorizontalPodAutoscalerSpec scaleTargetRef':
    'scaleTargetRef points to the target resource to scale, and is used to the pods for which metrics should be collected, as well as to actually change the replica count.',
  'batch.v1.JobSpec selector': `A label query over pods that should match the pod count. Normally, the system sets this field for you. ${MORE}`,
};
