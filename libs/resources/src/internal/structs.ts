import { MORE_STRUCTS } from './volume-structs.ts';

/**
 * The structs of Kubernetes' internal types (pkg/apis/<group>/types.go) that errors show, field by field in Go's order:
 * `GoName@wireName:type`, the wire name left out where it is the Go name with a small first letter. Types: `s` string, `b` bool,
 * `i` number; `?` before or alone: null when absent; `[]` a list; anything else another struct; `^Struct` inlines one.
 */
export const STRUCTS: Record<string, string> = {
  ...MORE_STRUCTS,
  Affinity: 'NodeAffinity:?NodeAffinity PodAffinity:?PodAffinity PodAntiAffinity:?PodAffinity',
  AppArmorProfile: 'Type:s LocalhostProfile:?',
  Capabilities: 'Add:? Drop:?',
  ClusterTrustBundleProjection: 'Name:? SignerName:? LabelSelector:? Optional:? Path:s',
  ConfigMapVolumeSource: 'Name:s Items:[]KeyToPath DefaultMode:? Optional:?',
  Container: `Name:s Image:s Command:? Args:? WorkingDir:s Ports:[]ContainerPort EnvFrom:[]EnvFromSource Env:[]EnvVar
    Resources:ResourceRequirements ResizePolicy:[]ContainerResizePolicy RestartPolicy:? RestartPolicyRules:[]ContainerRestartRule
    VolumeMounts:[]VolumeMount VolumeDevices:[]VolumeDevice LivenessProbe:?Probe ReadinessProbe:?Probe StartupProbe:?Probe
    Lifecycle:?Lifecycle TerminationMessagePath:s TerminationMessagePolicy:s ImagePullPolicy:s SecurityContext:?SecurityContext
    Stdin:b StdinOnce:b TTY@tty:b`,
  ContainerPort: 'Name:s HostPort:i ContainerPort:i Protocol:s HostIP:s',
  ContainerResizePolicy: 'ResourceName:s RestartPolicy:s',
  ContainerRestartRule: 'Action:s ExitCodes:?ContainerRestartRuleOnExitCodes',
  ContainerRestartRuleOnExitCodes: 'Operator:s Values:?',
  CSIVolumeSource: 'Driver:s ReadOnly:? FSType@fsType:? VolumeAttributes:? NodePublishSecretRef:?LocalObjectReference',
  DeploymentStrategy: 'Type:s RollingUpdate:?RollingUpdateDeployment',
  DaemonSetUpdateStrategy: 'Type:s RollingUpdate:?RollingUpdateDeployment',
  DownwardAPIProjection: 'Items:[]DownwardAPIVolumeFile',
  DownwardAPIVolumeFile: 'Path:s FieldRef:?ObjectFieldSelector ResourceFieldRef:?ResourceFieldSelector Mode:?',
  DownwardAPIVolumeSource: 'Items:[]DownwardAPIVolumeFile DefaultMode:?',
  EmptyDirVolumeSource: 'Medium:s SizeLimit:?',
  EnvFromSource: 'Prefix:s ConfigMapRef:?OptionalReference SecretRef:?OptionalReference',
  EnvVar: 'Name:s Value:s ValueFrom:?EnvVarSource',
  EnvVarSource: `FieldRef:?ObjectFieldSelector ResourceFieldRef:?ResourceFieldSelector ConfigMapKeyRef:?KeySelector
    SecretKeyRef:?KeySelector FileKeyRef:?FileKeySelector`,
  EphemeralContainer: '^Container TargetContainerName:s',
  EphemeralVolumeSource: 'VolumeClaimTemplate:?PersistentVolumeClaimTemplate',
  ExecAction: 'Command:?',
  FileKeySelector: 'VolumeName:s Path:s Key:s Optional:?',
  GRPCAction: 'Port:i Service:?',
  HostAlias: 'IP@ip:s Hostnames:?',
  HostPathVolumeSource: 'Path:s Type:?',
  HTTPGetAction: 'Path:s Port:i Host:s Scheme:s HTTPHeaders@httpHeaders:[]HTTPHeader',
  HTTPHeader: 'Name:s Value:s',
  ImageVolumeSource: 'Reference:s PullPolicy:s',
  ISCSIVolumeSource: `TargetPortal:s IQN@iqn:s Lun:i ISCSIInterface@iscsiInterface:s FSType@fsType:s ReadOnly:b Portals:?
    DiscoveryCHAPAuth@chapAuthDiscovery:b SessionCHAPAuth@chapAuthSession:b SecretRef:?LocalObjectReference InitiatorName:?`,
  KeySelector: 'Name:s Key:s Optional:?',
  KeyToPath: 'Key:s Path:s Mode:?',
  Lifecycle: 'PostStart:?LifecycleHandler PreStop:?LifecycleHandler StopSignal:?',
  LifecycleHandler: 'Exec:?ExecAction HTTPGet@httpGet:?HTTPGetAction TCPSocket@tcpSocket:?TCPSocketAction Sleep:?SleepAction',
  LocalObjectReference: 'Name:s',
  NFSVolumeSource: 'Server:s Path:s ReadOnly:b',
  NodeAffinity: `RequiredDuringSchedulingIgnoredDuringExecution:?NodeSelector
    PreferredDuringSchedulingIgnoredDuringExecution:[]PreferredSchedulingTerm`,
  NodeSelector: 'NodeSelectorTerms:[]NodeSelectorTerm',
  NodeSelectorRequirement: 'Key:s Operator:s Values:?',
  NodeSelectorTerm: 'MatchExpressions:[]NodeSelectorRequirement MatchFields:[]NodeSelectorRequirement',
  ObjectFieldSelector: 'APIVersion@apiVersion:s FieldPath:s',
  OptionalReference: 'Name:s Optional:?',
  PersistentVolumeClaimSpec: `AccessModes:? Selector:? Resources:VolumeResourceRequirements VolumeName:s StorageClassName:? VolumeMode:?
    DataSource:?TypedLocalObjectReference DataSourceRef:?TypedObjectReference VolumeAttributesClassName:?`,
  PersistentVolumeClaimTemplate: 'Spec:PersistentVolumeClaimSpec',
  PersistentVolumeClaimVolumeSource: 'ClaimName:s ReadOnly:b',
  PodAffinity: `RequiredDuringSchedulingIgnoredDuringExecution:[]PodAffinityTerm
    PreferredDuringSchedulingIgnoredDuringExecution:[]WeightedPodAffinityTerm`,
  PodAffinityTerm: 'LabelSelector:? Namespaces:? TopologyKey:s NamespaceSelector:? MatchLabelKeys:? MismatchLabelKeys:?',
  PodDisruptionBudgetSpec: 'MinAvailable:? Selector:? MaxUnavailable:? UnhealthyPodEvictionPolicy:?',
  PodFailurePolicy: 'Rules:[]PodFailurePolicyRule',
  PodFailurePolicyOnExitCodesRequirement: 'ContainerName:? Operator:s Values:?',
  PodFailurePolicyOnPodConditionsPattern: 'Type:s Status:s',
  PodFailurePolicyRule: `Action:s OnExitCodes:?PodFailurePolicyOnExitCodesRequirement
    OnPodConditions:[]PodFailurePolicyOnPodConditionsPattern`,
  PodDNSConfig: 'Nameservers:? Searches:? Options:[]PodDNSConfigOption',
  PodDNSConfigOption: 'Name:s Value:?',
  PodOS: 'Name:s',
  PodReadinessGate: 'ConditionType:s',
  PodResourceClaim: 'Name:s ResourceClaimName:? ResourceClaimTemplateName:?',
  PodSchedulingGate: 'Name:s',
  PodSchedulingGroup: 'PodGroupName:?',
  PodSecurityContext: `HostNetwork:b HostPID:b HostIPC:b ShareProcessNamespace:? HostUsers:? SELinuxOptions@seLinuxOptions:?SELinuxOptions
    WindowsOptions:?WindowsSecurityContextOptions RunAsUser:? RunAsGroup:? RunAsNonRoot:? SupplementalGroups:?
    SupplementalGroupsPolicy:? FSGroup@fsGroup:? FSGroupChangePolicy@fsGroupChangePolicy:? Sysctls:[]Sysctl
    SeccompProfile:?SeccompProfile AppArmorProfile:?AppArmorProfile SELinuxChangePolicy@seLinuxChangePolicy:?`,
  PodSpec: `Volumes:[]Volume InitContainers:[]Container Containers:[]Container EphemeralContainers:[]EphemeralContainer RestartPolicy:s
    TerminationGracePeriodSeconds:? ActiveDeadlineSeconds:? DNSPolicy@dnsPolicy:s NodeSelector:? ServiceAccountName:s
    AutomountServiceAccountToken:? NodeName:s SecurityContext:?PodSecurityContext ImagePullSecrets:[]LocalObjectReference Hostname:s
    Subdomain:s SetHostnameAsFQDN:? Affinity:?Affinity SchedulerName:s Tolerations:[]Toleration HostAliases:[]HostAlias
    PriorityClassName:s Priority:? PreemptionPolicy:? DNSConfig@dnsConfig:?PodDNSConfig ReadinessGates:[]PodReadinessGate
    RuntimeClassName:? Overhead:? EnableServiceLinks:? TopologySpreadConstraints:[]TopologySpreadConstraint OS@os:?PodOS
    SchedulingGates:[]PodSchedulingGate ResourceClaims:[]PodResourceClaim Resources:?ResourceRequirements HostnameOverride:?
    SchedulingGroup:?PodSchedulingGroup`,
  PreferredSchedulingTerm: 'Weight:i Preference:NodeSelectorTerm',
  Probe: `Exec:?ExecAction HTTPGet@httpGet:?HTTPGetAction TCPSocket@tcpSocket:?TCPSocketAction GRPC@grpc:?GRPCAction
    InitialDelaySeconds:i TimeoutSeconds:i PeriodSeconds:i SuccessThreshold:i FailureThreshold:i TerminationGracePeriodSeconds:?`,
  Projection: 'Name:s Items:[]KeyToPath Optional:?',
  PodCertificateProjection: `SignerName:s KeyType:s MaxExpirationSeconds:? CredentialBundlePath:s KeyPath:s CertificateChainPath:s
    UserAnnotations:?`,
  ProjectedVolumeSource: 'Sources:[]VolumeProjection DefaultMode:?',
  ResourceClaim: 'Name:s Request:s',
  ResourceFieldSelector: 'ContainerName:s Resource:s Divisor:s',
  ResourceRequirements: 'Limits:? Requests:? Claims:[]ResourceClaim',
  RollingUpdateDeployment: 'MaxUnavailable:i MaxSurge:i',
  RollingUpdateStatefulSetStrategy: 'Partition:i MaxUnavailable:?',
  SeccompProfile: 'Type:s LocalhostProfile:?',
  SecretVolumeSource: 'SecretName:s Items:[]KeyToPath DefaultMode:? Optional:?',
  SecurityContext: `Capabilities:?Capabilities Privileged:? SELinuxOptions@seLinuxOptions:?SELinuxOptions
    WindowsOptions:?WindowsSecurityContextOptions RunAsUser:? RunAsGroup:? RunAsNonRoot:? ReadOnlyRootFilesystem:?
    AllowPrivilegeEscalation:? ProcMount:? SeccompProfile:?SeccompProfile AppArmorProfile:?AppArmorProfile`,
  SELinuxOptions: 'User:s Role:s Type:s Level:s',
  ServiceAccountTokenProjection: 'Audience:s ExpirationSeconds:i Path:s',
  SleepAction: 'Seconds:i',
  StatefulSetUpdateStrategy: 'Type:s RollingUpdate:?RollingUpdateStatefulSetStrategy',
  SuccessPolicy: 'Rules:[]SuccessPolicyRule',
  SuccessPolicyRule: 'SucceededIndexes:? SucceededCount:?',
  Sysctl: 'Name:s Value:s',
  TCPSocketAction: 'Port:i Host:s',
  Toleration: 'Key:s Operator:s Value:s Effect:s TolerationSeconds:?',
  TopologySpreadConstraint: `MaxSkew:i TopologyKey:s WhenUnsatisfiable:s LabelSelector:? MinDomains:? NodeAffinityPolicy:? NodeTaintsPolicy:?
    MatchLabelKeys:?`,
  TypedLocalObjectReference: 'APIGroup@apiGroup:? Kind:s Name:s',
  TypedObjectReference: 'APIGroup@apiGroup:? Kind:s Name:s Namespace:?',
  UncountedTerminatedPods: 'Succeeded:? Failed:?',
  Volume: `Name:s HostPath:?HostPathVolumeSource EmptyDir:?EmptyDirVolumeSource GCEPersistentDisk@gcePersistentDisk:?
    AWSElasticBlockStore@awsElasticBlockStore:? GitRepo:? Secret:?SecretVolumeSource NFS@nfs:?NFSVolumeSource
    ISCSI@iscsi:?ISCSIVolumeSource Glusterfs:? PersistentVolumeClaim:?PersistentVolumeClaimVolumeSource RBD@rbd:? Quobyte:? FlexVolume:?
    Cinder:? CephFS@cephfs:? Flocker:? DownwardAPI:?DownwardAPIVolumeSource FC@fc:? AzureFile:? ConfigMap:?ConfigMapVolumeSource
    VsphereVolume:? AzureDisk:? PhotonPersistentDisk:? Projected:?ProjectedVolumeSource PortworxVolume:? ScaleIO:? StorageOS@storageos:?
    CSI@csi:?CSIVolumeSource Ephemeral:?EphemeralVolumeSource Image:?ImageVolumeSource`,
  VolumeDevice: 'Name:s DevicePath:s',
  VolumeMount: `Name:s ReadOnly:b RecursiveReadOnly:? MountPath:s SubPath:s MountPropagation:? SubPathExpr:s`,
  VolumeProjection: `Secret:?Projection DownwardAPI:?DownwardAPIProjection ConfigMap:?Projection
    ServiceAccountToken:?ServiceAccountTokenProjection ClusterTrustBundle:?ClusterTrustBundleProjection
    PodCertificate:?PodCertificateProjection`,
  VolumeResourceRequirements: 'Limits:? Requests:?',
  WeightedPodAffinityTerm: 'Weight:i PodAffinityTerm:PodAffinityTerm',
  WindowsSecurityContextOptions:
    'GMSACredentialSpecName@gmsaCredentialSpecName:? GMSACredentialSpec@gmsaCredentialSpec:? RunAsUserName:? HostProcess:?',
};
