/**
 * Which zero values Go keeps on the wire. A field whose schema default is a zero value is one without omitempty: it is always
 * written. Of the rest, empty maps and lists vanish; for scalars the schema cannot tell a pointer (explicit zero kept) from a
 * plain field (zero dropped), so both exceptions are named here by property.
 */

/** Pointer strings, whose explicit '' means something. */
export const POINTER_STRINGS: ReadonlySet<string> = new Set([
  'apiGroup',
  'appProtocol',
  'containerName.PodFailurePolicyOnExitCodesRequirement',
  'failedIndexes',
  'fsType',
  'holderIdentity',
  'ingressClassName',
  'internalTrafficPolicy',
  'loadBalancerClass',
  'localhostProfile',
  'managedBy.JobSpec',
  'namespace.ParamRef',
  'nodeName.Endpoint',
  'name.EndpointPort',
  'preferredHolder',
  'runtimeClassName',
  'storageClassName',
  'strategy.LeaseSpec',
  'succeededIndexes',
  'timeZone.CronJobSpec',
  'type.HostPathVolumeSource',
  'value.PodDNSConfigOption',
  'volumeAttributesClassName',
  'volumeMode',
  'zone',
]);

/** Plain numbers and booleans with omitempty: an explicit zero is dropped. `name` or `name.Struct`. */
export const DROPPED_ZEROS: ReadonlySet<string> = new Set([
  'active.JobStatus',
  'availableReplicas',
  'collisionCount.none',
  'count.Event',
  'currentCPUUtilizationPercentage.none',
  'failed.JobStatus',
  'failureThreshold',
  'fullyLabeledReplicas',
  'generation',
  'healthCheckNodePort',
  'hostIPC',
  'hostNetwork',
  'hostPID',
  'hostPort',
  'initialDelaySeconds',
  'minReadySeconds',
  'nodePort',
  'numberUnavailable',
  'observedGeneration',
  'partition.AWSElasticBlockStoreVolumeSource',
  'partition.GCEPersistentDiskVolumeSource',
  'paused.DeploymentSpec',
  'periodSeconds',
  'publishNotReadyAddresses',
  'readOnly',
  'readyReplicas',
  'remainingItemCount.none',
  'signal.ContainerStateTerminated',
  'stdin',
  'stdinOnce',
  'succeeded.JobStatus',
  'successThreshold',
  'timeoutSeconds.Probe',
  'tty',
  'unavailableReplicas',
  'unschedulable.NodeSpec',
  'updatedNumberScheduled',
  'updatedReplicas',
]);

/** Fields whose schema shows a zero default, or wants a value, although Go omits them when empty. */
export const NOT_MATERIALISED: ReadonlySet<string> = new Set([
  'minReadySeconds.ReplicationControllerSpec',
  'name.LocalObjectReference',
  'validationActions.ValidatingAdmissionPolicyBindingSpec',
  'parentRef.IPAddressSpec',
]);

/** Lists whose explicit emptiness means something: no managers at all, where an unset list leaves them as they are. */
export const KEPT_EMPTY_LISTS: ReadonlySet<string> = new Set(['managedFields.ObjectMeta']);

/** Times and lists without a pointer or omitempty: null when unset. */
const NULL_FIELDS: ReadonlySet<string> = new Set([
  'drivers.CSINodeSpec',
  'currentMetrics.HorizontalPodAutoscalerStatus',
  'deprecatedFirstTimestamp.Event',
  'deprecatedLastTimestamp.Event',
  'endpoints.EndpointSlice',
  'eventTime.Event',
  'finishedAt.ContainerStateTerminated',
  'firstTimestamp.Event',
  'lastTimestamp.Event',
  'limits.LimitRangeSpec',
  'ports.EndpointSlice',
  'requests.DeviceClaim',
  'rules.ClusterRole',
  'rules.Role',
  'startedAt.ContainerStateRunning',
  'startedAt.ContainerStateTerminated',
]);

/** Whether Go writes null for an unset field. The times of conditions are neither pointers nor omitted. */
export const nullWhenUnset = (key: string, struct: string, reference: string | undefined): boolean =>
  NULL_FIELDS.has(`${key}.${struct}`) ||
  (struct.endsWith('Condition') && key.startsWith('last') && /\.(Micro)?Time$/.test(reference ?? ''));
