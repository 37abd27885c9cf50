import type { ResourceReader } from '@windlass/apiserver';
import type { PersistentVolume, PersistentVolumeClaim, Pod, VolumeAttachment } from '@windlass/resources';
import { podReferences } from './pod-references.ts';

/** Whether an object belongs to the work of a node: by the pods that are bound to it, as they are in the cache now. */
export class NodeRelations {
  readonly #reader: ResourceReader;

  constructor(reader: ResourceReader) {
    this.#reader = reader;
  }

  reaches(node: string, resource: string, namespace: string, name: string): boolean {
    switch (resource) {
      case 'pods':
        return this.#reader.get('', 'pods', namespace, name)?.spec?.nodeName === node;
      case 'volumeattachments': {
        const attachment = this.#reader.get('storage.k8s.io', resource, '', name) as unknown as VolumeAttachment | undefined;
        return attachment?.spec.nodeName === node;
      }
      case 'persistentvolumes':
        return this.#volumes(node).some((volume) => volume.metadata.name === name);
      case 'secrets':
        return this.#refers(node, resource, namespace, name) || this.#volumeSecret(node, namespace, name);
      default:
        return this.#refers(node, resource, namespace, name);
    }
  }

  #podsOf(node: string): Pod[] {
    return this.#reader.listByIndex('', 'pods', 'spec.nodeName', node) as unknown as Pod[];
  }

  #refers(node: string, resource: string, namespace: string, name: string): boolean {
    for (const pod of this.#podsOf(node))
      if (pod.metadata.namespace === namespace)
        for (const reference of podReferences(pod)) if (reference.resource === resource && reference.name === name) return true;
    return false;
  }

  /** Persistent volumes that the claims of the node's pods are bound to. */
  #volumes(node: string): PersistentVolume[] {
    return this.#podsOf(node).flatMap((pod) =>
      [...podReferences(pod)]
        .filter(({ resource }) => resource === 'persistentvolumeclaims')
        .flatMap(({ name }) => {
          const claim = this.#get<PersistentVolumeClaim>('persistentvolumeclaims', pod.metadata.namespace ?? '', name ?? '');
          return this.#get<PersistentVolume>('persistentvolumes', '', claim?.spec?.volumeName ?? '') ?? [];
        }),
    );
  }

  #volumeSecret(node: string, namespace: string, name: string): boolean {
    return this.#volumes(node).some(({ spec }) => {
      const { csi, cephfs, cinder, flexVolume, rbd, scaleIO, iscsi, azureFile } = spec ?? {};
      const references = [
        csi?.nodePublishSecretRef,
        csi?.nodeStageSecretRef,
        csi?.nodeExpandSecretRef,
        ...[cephfs, cinder, flexVolume, rbd, scaleIO, iscsi].map((source) => source?.secretRef),
        azureFile && { name: azureFile.secretName, namespace: azureFile.secretNamespace },
      ];
      return references.some((reference) => {
        const inNamespace = reference?.namespace ?? spec?.claimRef?.namespace;
        return reference?.name === name && inNamespace === namespace;
      });
    });
  }

  #get<T>(resource: string, namespace: string, name: string): T | undefined {
    return name ? (this.#reader.get('', resource, namespace, name) as T | undefined) : undefined;
  }
}
