import { type Column, path } from '@windlass/meta';
import { templateColumns } from '../apps/template-columns.ts';
import { column, nameColumn } from '../generic/columns.ts';
import { builtin } from '../generic/definition.ts';
import { labelsText } from '../generic/texts.ts';
import { optionsFor } from '../podspec/pod-options.ts';
import { validatePodTemplate } from '../podspec/pod-template.ts';
import { defaultPodTemplate } from '../podspec/template-defaults.ts';
import { podWarnings } from '../podspec/warnings.ts';
import type { PodTemplate } from '../types.gen.ts';

const AT = path('template');

const columns: readonly Column<PodTemplate>[] = [
  nameColumn as Column<PodTemplate>,
  ...templateColumns<PodTemplate>({ template: ({ template }) => template, wide: false }),
  column<PodTemplate>('Pod Labels', 'string', 'The labels for the pod template.', ({ template }) =>
    labelsText(template?.metadata?.labels),
  ),
];

export const podTemplates = builtin<PodTemplate>('v1', 'podtemplates', {
  columns,
  strategy: {
    default: ({ template }) => defaultPodTemplate(template!),
    validate: ({ template }) => validatePodTemplate(template!, AT),
    validateUpdate: ({ template }, old) => validatePodTemplate(template!, AT, optionsFor(old.template?.spec)),
    warnings: ({ template }) => podWarnings(template!.metadata ?? {}, template!.spec!, AT),
  },
});
