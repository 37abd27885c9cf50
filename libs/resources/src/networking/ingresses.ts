import { type FieldError, fieldError, path, validateDns1123Subdomain } from '@windlass/meta';
import { legacyIpWarnings } from '../fields/legacy-ips.ts';
import { ingressPointsText, validateIngressPoint } from '../fields/load-balancer-status.ts';
import { textErrors } from '../fields/names.ts';
import { ageColumn, column, nameColumn } from '../generic/columns.ts';
import { builtin } from '../generic/definition.ts';
import { clearStatus, statusView } from '../generic/status.ts';
import { shortList } from '../generic/texts.ts';
import type { Ingress } from '../types.gen.ts';
import { validateBackend, validateRule, validateRuleValue, validateTls } from './ingress-rules.ts';

const SPEC = path('spec');
const CLASS = 'kubernetes.io/ingress.class';
const CLASS_WARNING = `annotation "${CLASS}" is deprecated, please use 'spec.ingressClassName' instead`;

interface Lenience {
  secretNames: boolean;
  wildcardRules: boolean;
}

/** What an older Kubernetes stored stays as good as it was. */
const lenienceOf = ({ spec }: Ingress): Lenience => ({
  secretNames: (spec?.tls ?? []).some(({ secretName }) => secretName && validateDns1123Subdomain(secretName).length > 0),
  wildcardRules: (spec?.rules ?? []).some((rule) => rule.host?.includes('*') && validateRuleValue(rule, path()).length > 0),
});

function validateSpec({ spec }: Ingress, lenience: Lenience): FieldError[] {
  const { rules = [], defaultBackend, tls = [], ingressClassName } = spec ?? {};
  return [
    ...(rules.length === 0 && !defaultBackend
      ? [fieldError.invalid(SPEC, null, 'either `defaultBackend` or `rules` must be specified')]
      : []),
    ...(defaultBackend ? validateBackend(defaultBackend, SPEC.child('defaultBackend')) : []),
    ...rules.flatMap((rule, i) => validateRule(rule, lenience.wildcardRules, SPEC.child('rules').index(i))),
    ...tls.flatMap((one, i) => validateTls(one, lenience.secretNames, SPEC.child('tls').index(i))),
    ...(ingressClassName === undefined
      ? []
      : textErrors(validateDns1123Subdomain, ingressClassName, SPEC.child('ingressClassName'))),
  ];
}

function validateClass({ metadata, spec }: Ingress): FieldError[] {
  const annotation = metadata.annotations?.[CLASS];
  if (annotation === undefined || spec?.ingressClassName === undefined || annotation === spec.ingressClassName) return [];
  const at = path('annotations', CLASS);
  return [fieldError.invalid(at, annotation, 'must match `ingressClassName` when both are specified')];
}

const INGRESS = path('status', 'loadBalancer', 'ingress');

const validateStatus = ({ status }: Ingress): FieldError[] =>
  (status?.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }, i) =>
    validateIngressPoint({ ip, hostname }, INGRESS.index(i)),
  );

function hostsText({ spec }: Ingress): string {
  const hosts = (spec?.rules ?? []).map(({ host }) => host ?? '').filter(Boolean);
  return shortList(hosts) || '*';
}

export const ingresses = builtin<Ingress>('networking.k8s.io/v1', 'ingresses', {
  columns: [
    nameColumn,
    column(
      'Class',
      'string',
      'The name of the IngressClass resource that should be used for additional configuration',
      ({ spec }) => spec?.ingressClassName ?? '<none>',
    ),
    column('Hosts', 'string', 'Hosts that incoming requests are matched against before the ingress rule', hostsText),
    column('Address', 'string', 'Address is a list containing ingress points for the load-balancer', ({ status }) =>
      ingressPointsText(status?.loadBalancer?.ingress),
    ),
    column('Ports', 'string', 'Ports of TLS configurations that open', ({ spec }) => (spec?.tls?.length ? '80, 443' : '80')),
    ageColumn,
  ],
  strategy: {
    prepareForCreate: clearStatus<Ingress>(() => ({ loadBalancer: {} })),
    validate: (ingress) => [...validateSpec(ingress, { secretNames: false, wildcardRules: false }), ...validateClass(ingress)],
    validateUpdate: (ingress, old) => validateSpec(ingress, lenienceOf(old)),
    warnings: ({ metadata }, old) => (!old && metadata.annotations?.[CLASS] !== undefined ? [CLASS_WARNING] : []),
  },
  subresources: {
    status: statusView<Ingress>(validateStatus, {
      warnings: ({ status }) =>
        (status?.loadBalancer?.ingress ?? []).flatMap(({ ip }, i) =>
          ip ? legacyIpWarnings(ip, INGRESS.index(i).child('ip')) : [],
        ),
    }),
  },
});
