import { type FieldError, fieldError, type Path, path, Quantity, validateQualifiedName } from '@windlass/meta';
import { textErrors } from '../../fields/names.ts';
import { Once } from '../../fields/once.ts';
import { isOvercommitAllowed } from '../../podspec/resource-names.ts';
import { containerResourceName, resourceName } from '../../podspec/resources.ts';
import type { LimitRange, LimitRangeItem } from '../../types.gen.ts';

const TYPES = ['Pod', 'Container', 'PersistentVolumeClaim'];
const LISTS = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const;
const ONE = Quantity.of(1);

function validateType(type: string, at: Path): FieldError[] {
  const errors = textErrors(validateQualifiedName, type, at);
  if (errors.length > 0 || type.includes('/') || TYPES.includes(type)) return errors;
  return [fieldError.invalid(at, type, 'must be a standard limit type or fully qualified')];
}

function validateNames(item: LimitRangeItem, at: Path): FieldError[] {
  const check = item.type === 'Pod' || item.type === 'Container' ? containerResourceName : resourceName;
  const names = (list: (typeof LISTS)[number]): FieldError[] =>
    Object.keys(item[list] ?? {}).flatMap((name) => check(name, at.child(list).key(name)));
  const errors = [...names('max'), ...names('min')];
  if (item.type === 'Pod') {
    for (const list of ['default', 'defaultRequest'] as const)
      if (Object.keys(item[list] ?? {}).length > 0)
        errors.push(fieldError.forbidden(at.child(list), "may not be specified when `type` is 'Pod'"));
  } else errors.push(...names('default'), ...names('defaultRequest'));
  if (item.type === 'PersistentVolumeClaim' && !item.min?.storage && !item.max?.storage)
    errors.push(
      fieldError.required(at.child('limits'), 'either minimum or maximum storage value is required, but neither was provided'),
    );
  return [...errors, ...names('maxLimitRequestRatio')];
}

interface Amounts {
  min?: Quantity;
  max?: Quantity;
  default?: Quantity;
  defaultRequest?: Quantity;
  maxLimitRequestRatio?: Quantity;
}

function amountsOf(item: LimitRangeItem, name: string): Amounts {
  const lists = item.type === 'Pod' ? (['max', 'min', 'maxLimitRequestRatio'] as const) : LISTS;
  const amounts: Amounts = {};
  for (const list of lists) {
    const text = item[list]?.[name];
    if (text !== undefined) amounts[list] = Quantity.parse(text);
  }
  return amounts;
}

function validateRatio({ min, max, maxLimitRequestRatio: ratio }: Amounts, at: Path): FieldError[] {
  if (!ratio) return [];
  const errors: FieldError[] = [];
  if (ratio.compare(ONE) < 0) errors.push(fieldError.invalid(at, ratio, `ratio ${ratio} is less than 1`));
  if (!min || !max) return errors;
  const limit = max.milliValue() / min.milliValue();
  if (ratio.milliValue() / 1000 > limit)
    errors.push(fieldError.invalid(at, ratio, `ratio ${ratio} is greater than max/min = ${limit.toFixed(6)}`));
  return errors;
}

/** How the amounts of one resource stand to each other. The shown value is not always that of the field named: as in Kubernetes. */
function compareAmounts(name: string, amounts: Amounts, at: Path): FieldError[] {
  const { min, max, default: limit, defaultRequest: request } = amounts;
  const errors: FieldError[] = [];
  const add = (bad: boolean, list: string, shown: Quantity | undefined, detail: string) => {
    if (bad) errors.push(fieldError.invalid(at.child(list).key(name), shown, detail));
  };
  const above = (a: Quantity | undefined, b: Quantity | undefined): boolean => !!a && !!b && a.compare(b) > 0;
  add(above(min, max), 'min', min, `min value ${min} is greater than max value ${max}`);
  add(above(min, request), 'defaultRequest', request, `min value ${min} is greater than default request value ${request}`);
  add(above(request, max), 'defaultRequest', request, `default request value ${request} is greater than max value ${max}`);
  add(
    above(request, limit),
    'defaultRequest',
    request,
    `default request value ${request} is greater than default limit value ${limit}`,
  );
  add(above(min, limit), 'default', min, `min value ${min} is greater than default value ${limit}`);
  add(above(limit, max), 'default', max, `default value ${limit} is greater than max value ${max}`);
  errors.push(...validateRatio(amounts, at.child('maxLimitRequestRatio').key(name)));
  add(
    !isOvercommitAllowed(name) && !!limit && !!request && limit.compare(request) !== 0,
    'defaultRequest',
    request,
    `default value ${limit} must equal to defaultRequest value ${request} in ${name}`,
  );
  return errors;
}

function validateItem(item: LimitRangeItem, types: Once, at: Path): FieldError[] {
  const type = item.type ?? '';
  const names = new Set(LISTS.flatMap((list) => Object.keys(item[list] ?? {})));
  return [
    ...validateType(type, at.child('type')),
    ...types.check(type, at.child('type')),
    ...validateNames(item, at),
    ...[...names].flatMap((name) => compareAmounts(name, amountsOf(item, name), at)),
  ];
}

/** ValidateLimitRange */
export function validateLimitRange({ spec }: LimitRange): FieldError[] {
  const types = new Once();
  return (spec?.limits ?? []).flatMap((item, i) => validateItem(item, types, path('spec', 'limits').index(i)));
}
