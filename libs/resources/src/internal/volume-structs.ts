/** Structs of persistent volumes, nodes and events; see structs.ts. */
export const MORE_STRUCTS: Record<string, string> = {
  AWSElasticBlockStoreVolumeSource: 'VolumeID@volumeID:s FSType@fsType:s Partition:i ReadOnly:b',
  AzureDiskVolumeSource: 'DiskName:s DataDiskURI@diskURI:s CachingMode:? FSType@fsType:? ReadOnly:? Kind:?',
  AzureFilePersistentVolumeSource: 'SecretName:s ShareName:s ReadOnly:b SecretNamespace:?',
  CephFSPersistentVolumeSource: 'Monitors:? Path:s User:s SecretFile:s SecretRef:?SecretReference ReadOnly:b',
  CinderPersistentVolumeSource: 'VolumeID@volumeID:s FSType@fsType:s ReadOnly:b SecretRef:?SecretReference',
  CSIPersistentVolumeSource: `Driver:s VolumeHandle:s ReadOnly:b FSType@fsType:s VolumeAttributes:?
    ControllerPublishSecretRef:?SecretReference NodeStageSecretRef:?SecretReference NodePublishSecretRef:?SecretReference
    ControllerExpandSecretRef:?SecretReference NodeExpandSecretRef:?SecretReference`,
  EventSource: 'Component:s Host:s',
  FCVolumeSource: 'TargetWWNs@targetWWNs:? Lun:? FSType@fsType:s ReadOnly:b WWIDs@wwids:?',
  FlexPersistentVolumeSource: 'Driver:s FSType@fsType:s SecretRef:?SecretReference ReadOnly:b Options:?',
  FlockerVolumeSource: 'DatasetName:s DatasetUUID@datasetUUID:s',
  GCEPersistentDiskVolumeSource: 'PDName@pdName:s FSType@fsType:s Partition:i ReadOnly:b',
  GlusterfsPersistentVolumeSource: 'EndpointsName@endpoints:s Path:s ReadOnly:b EndpointsNamespace:?',
  ISCSIPersistentVolumeSource: `TargetPortal:s IQN@iqn:s Lun:i ISCSIInterface@iscsiInterface:s FSType@fsType:s ReadOnly:b Portals:?
    DiscoveryCHAPAuth@chapAuthDiscovery:b SessionCHAPAuth@chapAuthSession:b SecretRef:?SecretReference InitiatorName:?`,
  LocalVolumeSource: 'Path:s FSType@fsType:?',
  ObjectReference: 'Kind:s Namespace:s Name:s UID@uid:s APIVersion@apiVersion:s ResourceVersion:s FieldPath:s',
  PersistentVolumeSource: `GCEPersistentDisk@gcePersistentDisk:?GCEPersistentDiskVolumeSource
    AWSElasticBlockStore@awsElasticBlockStore:?AWSElasticBlockStoreVolumeSource HostPath:?HostPathVolumeSource
    Glusterfs:?GlusterfsPersistentVolumeSource NFS@nfs:?NFSVolumeSource RBD@rbd:?RBDPersistentVolumeSource Quobyte:?QuobyteVolumeSource
    ISCSI@iscsi:?ISCSIPersistentVolumeSource FlexVolume:?FlexPersistentVolumeSource Cinder:?CinderPersistentVolumeSource
    CephFS@cephfs:?CephFSPersistentVolumeSource FC@fc:?FCVolumeSource Flocker:?FlockerVolumeSource
    AzureFile:?AzureFilePersistentVolumeSource VsphereVolume:?VsphereVirtualDiskVolumeSource AzureDisk:?AzureDiskVolumeSource
    PhotonPersistentDisk:?PhotonPersistentDiskVolumeSource PortworxVolume:?PortworxVolumeSource
    ScaleIO@scaleIO:?ScaleIOPersistentVolumeSource Local:?LocalVolumeSource StorageOS@storageos:?StorageOSPersistentVolumeSource
    CSI@csi:?CSIPersistentVolumeSource`,
  PhotonPersistentDiskVolumeSource: 'PdID@pdID:s FSType@fsType:s',
  PortworxVolumeSource: 'VolumeID@volumeID:s FSType@fsType:s ReadOnly:b',
  QuobyteVolumeSource: 'Registry:s Volume:s ReadOnly:b User:s Group:s Tenant:s',
  RBDPersistentVolumeSource: `CephMonitors@monitors:? RBDImage@image:s FSType@fsType:s RBDPool@pool:s RadosUser@user:s Keyring:s
    SecretRef:?SecretReference ReadOnly:b`,
  ScaleIOPersistentVolumeSource: `Gateway:s System:s SecretRef:?SecretReference SSLEnabled@sslEnabled:b ProtectionDomain:s StoragePool:s
    StorageMode:s VolumeName:s FSType@fsType:s ReadOnly:b`,
  SecretReference: 'Name:s Namespace:s',
  StorageOSPersistentVolumeSource: 'VolumeName:s VolumeNamespace:s FSType@fsType:s ReadOnly:b SecretRef:?ObjectReference',
  Taint: 'Key:s Value:s Effect:s TimeAdded:?',
  VolumeNodeAffinity: 'Required:?NodeSelector',
  VsphereVirtualDiskVolumeSource: 'VolumePath:s FSType@fsType:s StoragePolicyName:s StoragePolicyID@storagePolicyID:s',
};
