import { builtin } from '../generic/definition.ts';
import type { Service } from '../types.gen.ts';
import { defaultService } from './service/defaults.ts';
import { dropTypeDependentFields } from './service/linked-fields.ts';
import { validateClusterIps } from './service/validate-cluster-ips.ts';

export const services = builtin<Service>('v1', 'services', {
  nameRule: 'dns1123Label',
  createOnUpdate: true,
  strategy: {
    default: defaultService,
    prepareForCreate(service) {
      service.status = { loadBalancer: {} };
    },
    prepareForUpdate: dropTypeDependentFields,
    validate: validateClusterIps,
  },
});
