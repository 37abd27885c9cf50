import { goQuote } from '../go-format.ts';
import type { StatusError } from '../status.ts';
import { applyConflict } from '../status-errors.ts';
import type { Manager } from './entries.ts';
import { type FieldSet, pathText } from './field-set.ts';

export interface Conflict {
  manager: Manager;
  fields: FieldSet;
}

function managerText({ manager, operation, apiVersion, subresource }: Manager): string {
  let text = goQuote(manager);
  if (subresource) text += ` with subresource ${goQuote(subresource)}`;
  return operation === 'Update' ? `${text} using ${apiVersion}` : text;
}

/** The 409 that names every field and its owner. */
export function conflictError(conflicts: readonly Conflict[]): StatusError {
  const named = conflicts
    .map(({ manager, fields }) => ({ who: managerText(manager), paths: [...fields.paths()].map(pathText) }))
    .sort((a, b) => (a.who < b.who ? -1 : 1));
  const causes = named.flatMap(({ who, paths }) =>
    paths.map((field) => ({ reason: 'FieldManagerConflict', message: `conflict with ${who}`, field })),
  );
  if (causes.length === 1) {
    const [{ who, paths }] = named as [(typeof named)[0]];
    return applyConflict(`Apply failed with 1 conflict: conflict with ${who}: ${paths[0]}`, causes);
  }
  const lines = named.flatMap(({ who, paths }) => [`conflicts with ${who}:`, ...paths.map((path) => `- ${path}`)]);
  return applyConflict(`Apply failed with ${causes.length} conflicts: ${lines.join('\n')}`, causes);
}
