import {
  type FieldError,
  fieldError,
  formatTime,
  type HookContext,
  path,
  validateDns1035Label,
  validateDns1123Subdomain,
  validatePortNumber,
} from '@windlass/meta';
import { ageColumn, column, nameColumn } from '../generic/columns.ts';
import { builtin } from '../generic/definition.ts';
import type { APIService, APIServiceSpec } from '../types.gen.ts';

const SPEC = path('spec');
const GROUP_PRIORITIES = 20_000;
const VERSION_PRIORITIES = 1_000;

/** The condition of a group that the API server serves itself. */
const localCondition = (now: Date) => ({
  type: 'Available',
  status: 'True',
  lastTransitionTime: formatTime(now),
  reason: 'Local',
  message: 'Local APIServices are always available',
});

function availability({ status }: APIService): string {
  const condition = status?.conditions?.find(({ type }) => type === 'Available');
  if (!condition) return 'Unknown';
  return condition.status === 'True' || !condition.reason ? condition.status : `${condition.status} (${condition.reason})`;
}

const priority = (value: number, most: number, name: string): FieldError[] =>
  value > 0 && value <= most ? [] : [fieldError.invalid(SPEC.child(name), value, `must be positive and less than ${most}`)];

function groupAndVersion({ group = '', version = '' }: APIServiceSpec): FieldError[] {
  const errors: FieldError[] = [];
  if (!group && version !== 'v1') {
    const text = 'only v1 may have an empty group and it better be legacy kube';
    errors.push(fieldError.required(SPEC.child('group'), text));
  }
  const wrongGroup = group ? validateDns1123Subdomain(group) : [];
  return [
    ...errors,
    ...wrongGroup.map((text) => fieldError.invalid(SPEC.child('group'), group, text)),
    ...validateDns1035Label(version).map((text) => fieldError.invalid(SPEC.child('version'), version, text)),
  ];
}

/** Without a service the API server itself serves the group: there is nobody to trust. */
function localErrors({ caBundle = '', insecureSkipTLSVerify }: APIServiceSpec): FieldError[] {
  const errors: FieldError[] = [];
  if (caBundle) {
    const size = `${Buffer.from(caBundle, 'base64').length} bytes`;
    errors.push(fieldError.invalid(SPEC.child('caBundle'), size, 'local APIServices may not have a caBundle'));
  }
  if (insecureSkipTLSVerify) {
    const text = 'local APIServices may not have insecureSkipTLSVerify';
    errors.push(fieldError.invalid(SPEC.child('insecureSkipTLSVerify'), true, text));
  }
  return errors;
}

function serviceErrors({ service, caBundle, insecureSkipTLSVerify }: APIServiceSpec): FieldError[] {
  const at = SPEC.child('service');
  const { namespace, name, port = 0 } = service!;
  const errors: FieldError[] = [];
  if (!namespace) errors.push(fieldError.required(at.child('namespace')));
  if (!name) errors.push(fieldError.required(at.child('name')));
  const wrong = validatePortNumber(port);
  if (wrong.length > 0) errors.push(fieldError.invalid(at.child('port'), port, `port is not valid: ${wrong.join(', ')}`));
  if (caBundle && insecureSkipTLSVerify)
    errors.push(fieldError.invalid(SPEC.child('insecureSkipTLSVerify'), true, 'may not be true if caBundle is present'));
  return errors;
}

/** ValidateAPIService of kube-aggregator. */
function validate({ metadata, spec }: APIService): FieldError[] {
  const wanted = `${spec.version ?? ''}.${spec.group ?? ''}`;
  const errors: FieldError[] = [];
  if (metadata.name !== wanted) {
    const text = `must be \`spec.version+"."+spec.group\`: ${JSON.stringify(wanted)}`;
    errors.push(fieldError.invalid(path('metadata', 'name'), metadata.name, text));
  }
  return [
    ...errors,
    ...groupAndVersion(spec),
    ...priority(spec.groupPriorityMinimum, GROUP_PRIORITIES, 'groupPriorityMinimum'),
    ...priority(spec.versionPriority, VERSION_PRIORITIES, 'versionPriority'),
    ...(spec.service ? serviceErrors(spec) : localErrors(spec)),
  ];
}

export const apiServices = builtin<APIService>('apiregistration.k8s.io/v1', 'apiservices', {
  nameRule: 'pathSegment',
  columns: [
    nameColumn,
    column<APIService>('Service', 'string', 'The reference to the service that hosts this API endpoint.', ({ spec }) =>
      spec.service ? `${spec.service.namespace ?? ''}/${spec.service.name ?? ''}` : 'Local',
    ),
    column<APIService>('Available', 'string', 'Whether this service is available.', availability),
    ageColumn,
  ],
  strategy: {
    default({ spec }) {
      if (spec.service) spec.service.port ??= 443;
    },
    prepareForCreate(service, { now }: HookContext) {
      service.status = service.spec.service ? {} : { conditions: [localCondition(now)] };
    },
    validate,
    validateUpdate: validate,
  },
});
