import type { ResourceDefinition } from '@windlass/meta';
import { customResourceDefinitions } from './apiextensions/custom-resource-definitions.ts';

/** The kinds that extend the API itself. */
export const extensions = [customResourceDefinitions] as unknown as readonly ResourceDefinition[];
