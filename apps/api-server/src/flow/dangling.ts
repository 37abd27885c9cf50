import type { ResourceReader, ResourceWriter } from '@windlass/apiserver';
import { type AnyObject, goQuote } from '@windlass/meta';
import type { FlowSchema } from '@windlass/resources';
import { FLOW_GROUP } from './flow-control.ts';

const MANAGER = 'api-priority-and-fairness-config-consumer-v1';

/** The condition `Dangling` as it should be. */
export function danglingCondition({ spec }: FlowSchema, exists: boolean) {
  const head = `This FlowSchema references the PriorityLevelConfiguration object named ${goQuote(spec?.priorityLevelConfiguration.name ?? '')}`;
  return exists
    ? { type: 'Dangling', status: 'False', reason: 'Found', message: `${head} and it exists` }
    : { type: 'Dangling', status: 'True', reason: 'NotFound', message: `${head} but there is no such object` };
}

/** The condition to write, undefined when the schema says so already. */
export function wantedCondition(schema: FlowSchema, exists: boolean, now: Date) {
  const wanted = danglingCondition(schema, exists);
  const known = schema.status?.conditions?.find(({ type }) => type === 'Dangling');
  if (known?.status === wanted.status && known.reason === wanted.reason && known.message === wanted.message) return undefined;
  const lastTransitionTime =
    known?.status === wanted.status && known.lastTransitionTime ? known.lastTransitionTime : `${now.toISOString().slice(0, 19)}Z`;
  return { ...wanted, lastTransitionTime };
}

/** Keeps the condition of every schema true. Several servers write the same. @returns what ends it */
export function reportDangling(reader: ResourceReader, writer: ResourceWriter, failed: (error: unknown) => void): () => void {
  const check = async (schema: FlowSchema): Promise<void> => {
    const level = schema.spec?.priorityLevelConfiguration.name ?? '';
    const exists = reader.get(FLOW_GROUP, 'prioritylevelconfigurations', '', level) !== undefined;
    const condition = wantedCondition(schema, exists, new Date());
    if (!condition) return;
    const { name } = schema.metadata;
    const applied = { metadata: { name }, status: { conditions: [condition] } } as unknown as AnyObject;
    await writer.apply(FLOW_GROUP, 'flowschemas', applied, MANAGER, 'status');
  };
  const checkAll = (level?: string) => {
    for (const schema of reader.list(FLOW_GROUP, 'flowschemas') as unknown as FlowSchema[])
      if (level === undefined || schema.spec?.priorityLevelConfiguration.name === level) check(schema).catch(unlessGone);
  };
  // Deleted or changed in between: the change brings us here again.
  const unlessGone = (error: unknown) => {
    const { code } = error as { code?: number };
    if (code !== 404 && code !== 409) failed(error);
  };
  const stops = [
    reader.onChange(FLOW_GROUP, 'flowschemas', (type, schema) => {
      if (type !== 'DELETED') check(schema as unknown as FlowSchema).catch(unlessGone);
    }),
    reader.onChange(FLOW_GROUP, 'prioritylevelconfigurations', (_, level) => checkAll(level.metadata.name)),
  ];
  checkAll();
  return () => {
    for (const stop of stops) stop();
  };
}
