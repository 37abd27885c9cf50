import { type Definitions, deleteObject, type Registry, type ResourceReader, type ResourceWriter } from '@windlass/apiserver';
import { type AnyObject, type Condition, findCondition, StatusError, setCondition } from '@windlass/meta';
import { CLEANUP_FINALIZER, type CustomResourceDefinition } from '@windlass/resources';
import { serverContext } from '../writer.ts';

export interface Cleanup {
  definitions: Definitions;
  registry: Registry;
  reader: ResourceReader;
  writer: ResourceWriter;
  now(): Date;
}

const GROUP = 'apiextensions.k8s.io';
const RESOURCE = 'customresourcedefinitions';
const LANES = 8;

const terminating = (status: string, reason: string, message: string): Condition => ({
  type: 'Terminating',
  status,
  reason,
  message,
});

/** Deletes every object of a definition that is being deleted, then lets it go. @returns false while objects with finalizers remain */
export async function finalizeDefinition({ definitions, registry, reader, writer, now }: Cleanup, crd: CustomResourceDefinition) {
  const { name } = crd.metadata;
  const { group, names } = crd.spec;
  const plural = names.plural;
  const mark = (condition: Condition, last = false) =>
    writer.modify(
      GROUP,
      RESOURCE,
      '',
      name!,
      (current) => {
        if (current.metadata.uid !== crd.metadata.uid) return undefined;
        const conditions = setCondition(current.status.conditions ?? [], condition, now());
        const finalizers = (current.metadata.finalizers ?? []).filter((finalizer) => !last || finalizer !== CLEANUP_FINALIZER);
        return { ...current, metadata: { ...current.metadata, finalizers }, status: { ...current.status, conditions } };
      },
      last ? undefined : 'status',
    );
  if (findCondition(crd.status?.conditions as Condition[], 'Terminating')?.status !== 'True')
    await mark(terminating('True', 'InstanceDeletionInProgress', 'CustomResource deletion is in progress'));
  // Writes that were under way when the deletion was marked are in the cache after this.
  await reader.getFresh(GROUP, RESOURCE, '', name!);
  const definition = definitions.stored(group, plural);
  if (definition) {
    const left = reader.list(group, plural);
    const lanes = [...left];
    const work = async () => {
      for (let object = lanes.pop(); object; object = lanes.pop()) {
        if (object.metadata.deletionTimestamp) continue;
        const { namespace = '', name: instance = '' } = object.metadata;
        const context = serverContext(definition, namespace, instance);
        await deleteObject(registry, definition, context, instance, { propagationPolicy: 'Background' }, false).catch(
          ignoreMissing,
        );
      }
    };
    await Promise.all(Array.from({ length: LANES }, work));
    await reader.getFresh(GROUP, RESOURCE, '', name!);
    if (reader.list(group, plural).length > 0) return false;
  }
  await mark(terminating('False', 'InstanceDeletionCompleted', 'removed all instances'), true).catch(ignoreMissing);
  return true;
}

const ignoreMissing = (error: unknown): undefined => {
  if (error instanceof StatusError && error.code === 404) return undefined;
  throw error;
};

/** Whether the definition waits for {@link finalizeDefinition}. */
export const wantsCleanup = ({ metadata }: Pick<AnyObject, 'metadata'>): boolean =>
  metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).includes(CLEANUP_FINALIZER);
