import data from '../../data/field-docs.json' with { type: 'json' };
import { REFERENCE_DOCS } from './reference-docs.ts';

const docs = data as Record<string, Record<string, string>>;

/** What the type and its fields mean, by field; '' is the type itself. @param schema full name, e.g. `io.k8s.api.core.v1.Pod` */
export const schemaDocs = (schema: string): Readonly<Record<string, string>> | undefined => docs[schema];

/**
 * The text of a field, for the description of a table column.
 * @param type name of the schema without `io.k8s.api.`, e.g. `apps.v1.DeploymentSpec`
 * @param paragraphs the texts came with their line ends as spaces: sets paragraphs and indented lines apart again
 * @throws Error for a field without text
 */
export function fieldDoc(type: string, field: string, paragraphs = false): string {
  const text = docs[`io.k8s.api.${type}`]?.[field] ?? docs[type]?.[field] ?? REFERENCE_DOCS[`${type} ${field}`];
  if (text === undefined) throw new Error(`field-docs.json has no ${type} ${field}`);
  return paragraphs
    ? text.replace(/ {2,}/g, ({ length }) =>
        length === 2 || length === 4 ? `\n\n${' '.repeat(length - 2)}` : `\n${' '.repeat(length - 1)}`,
      )
    : text;
}
