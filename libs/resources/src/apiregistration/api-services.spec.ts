import { fieldErrorMessage, type HookContext } from '@windlass/meta';
import type { APIService, APIServiceSpec } from '../types.gen.ts';
import { apiServices } from './api-services.ts';

const SERVICE = { namespace: 'default', name: 'metrics', port: 443 };
const made = (spec: Partial<APIServiceSpec>, name = 'v1.a.example.com'): APIService => ({
  metadata: { name } as APIService['metadata'],
  spec: { group: 'a.example.com', version: 'v1', groupPriorityMinimum: 100, versionPriority: 10, ...spec },
});
const { validate, prepareForCreate } = apiServices.strategy!;
const context = { now: new Date('2026-11-28T08:00:00.123Z') } as HookContext;

test.each<[string, APIService, string[]]>([
  ['whole', made({ service: SERVICE }), []],
  [
    'another name',
    made({ service: SERVICE }, 'x'),
    ['metadata.name: Invalid value: "x": must be `spec.version+"."+spec.group`: "v1.a.example.com"'],
  ],
  [
    'no group',
    made({ group: '', version: 'v2' }, 'v2.'),
    ['spec.group: Required value: only v1 may have an empty group and it better be legacy kube'],
  ],
  [
    'priorities',
    made({ groupPriorityMinimum: 20001, versionPriority: 0 }),
    [
      'spec.groupPriorityMinimum: Invalid value: 20001: must be positive and less than 20000',
      'spec.versionPriority: Invalid value: 0: must be positive and less than 1000',
    ],
  ],
  [
    'trust without a service',
    made({ caBundle: 'YWJj', insecureSkipTLSVerify: true }),
    [
      'spec.caBundle: Invalid value: "3 bytes": local APIServices may not have a caBundle',
      'spec.insecureSkipTLSVerify: Invalid value: true: local APIServices may not have insecureSkipTLSVerify',
    ],
  ],
  [
    'a service half named',
    made({ service: { name: 'metrics', port: 0 }, caBundle: 'YWJj', insecureSkipTLSVerify: true }),
    [
      'spec.service.namespace: Required value',
      'spec.service.port: Invalid value: 0: port is not valid: must be between 1 and 65535, inclusive',
      'spec.insecureSkipTLSVerify: Invalid value: true: may not be true if caBundle is present',
    ],
  ],
])('%s', (_, service, expected) => {
  expect(validate!(service, context).map(fieldErrorMessage)).toEqual(expected);
});

test('local ones are available at once, others are not known to be', () => {
  const cells = (service: APIService) => apiServices.columns!.slice(1, 3).map(({ cell }) => cell(service, context.now));
  const local = made({});
  prepareForCreate!(local, context);
  expect(local.status?.conditions).toEqual([
    {
      type: 'Available',
      status: 'True',
      lastTransitionTime: '2026-11-28T08:00:00Z',
      reason: 'Local',
      message: 'Local APIServices are always available',
    },
  ]);
  expect(cells(local)).toEqual(['Local', 'True']);
  const remote = made({ service: SERVICE });
  prepareForCreate!(remote, context);
  expect(cells(remote)).toEqual(['default/metrics', 'Unknown']);
});
