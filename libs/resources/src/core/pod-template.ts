import { builtin } from '../generic/definition.ts';
import { defaultPodTemplate } from '../podspec/template-defaults.ts';
import type { PodTemplate } from '../types.gen.ts';

export const podTemplates = builtin<PodTemplate>('v1', 'podtemplates', {
  strategy: {
    default: ({ template }) => defaultPodTemplate(template!),
  },
});
