import type { Schema, SchemaSource } from '@windlass/meta';
import facts from '../data/schema-facts.json' with { type: 'json' };

const schemas = facts as unknown as Record<string, Schema>;

/** Schemas of all built-in kinds by name, e.g. `io.k8s.api.core.v1.Pod`. */
export const schemaSource: SchemaSource = (name) => schemas[name];

export const schemaNames = (): string[] => Object.keys(schemas);
