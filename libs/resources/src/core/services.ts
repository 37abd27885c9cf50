import { builtin } from '../generic/definition.ts';
import { metadataFields } from '../generic/selectable.ts';
import { statusView } from '../generic/status.ts';
import type { Service } from '../types.gen.ts';
import { serviceColumns } from './service/columns.ts';
import { defaultService } from './service/defaults.ts';
import { dropTypeDependentFields } from './service/linked-fields.ts';
import { validateServiceStatus } from './service/status.ts';
import { validateService, validateServiceUpdate } from './service/validate.ts';
import { serviceWarnings } from './service/warnings.ts';

export const services = builtin<Service>('v1', 'services', {
  nameRule: 'dns1123Label',
  columns: serviceColumns,
  selectableFields: {
    ...metadataFields,
    'spec.clusterIP': ({ spec }) => spec.clusterIP ?? '',
    'spec.type': ({ spec }) => spec.type ?? '',
  },
  strategy: {
    default: defaultService,
    prepareForCreate(service) {
      service.status = { loadBalancer: {} };
    },
    prepareForUpdate: dropTypeDependentFields,
    validate: validateService,
    validateUpdate: validateServiceUpdate,
    warnings: serviceWarnings,
  },
  subresources: { status: statusView<Service>(validateServiceStatus) },
});
