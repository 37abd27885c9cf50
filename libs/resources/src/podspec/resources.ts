import { type FieldError, fieldError, type Path, Quantity, validateQualifiedName } from '@windlass/meta';
import { NOT_INTEGER } from '../fields/messages.ts';
import { dnsLabel, textErrors } from '../fields/names.ts';
import { nonNegativeQuantity } from '../fields/quantities.ts';
import type { PodSpec, ResourceClaim, ResourceRequirements } from '../types.gen.ts';
import { containerAmounts } from './pod-resources.ts';
import {
  HUGE_PAGES,
  isExtendedResource,
  isHugePages,
  isIntegerResource,
  isNativeResource,
  isOvercommitAllowed,
  isPodLevelResource,
  isStandardContainerResource,
  isStandardResource,
} from './resource-names.ts';

type NameCheck = (name: string, at: Path) => FieldError[];

/** validateResourceName */
export function resourceName(name: string, at: Path): FieldError[] {
  const errors = textErrors(validateQualifiedName, name, at);
  if (errors.length === 0 && !name.includes('/') && !isStandardResource(name))
    errors.push(fieldError.invalid(at, name, 'must be a standard resource type or fully qualified'));
  return errors;
}

/** validateContainerResourceName */
export const containerResourceName: NameCheck = (name, at) => {
  const errors = resourceName(name, at);
  if (!name.includes('/')) {
    if (!isStandardContainerResource(name))
      errors.push(fieldError.invalid(at, name, 'must be a standard resource for containers'));
  } else if (!isNativeResource(name) && !isExtendedResource(name))
    errors.push(fieldError.invalid(at, name, "doesn't follow extended resource name standard"));
  return errors;
};

const podResourceName: NameCheck = (name, at) => {
  const errors = resourceName(name, at);
  if (errors.length === 0 && !isPodLevelResource(name))
    errors.push(fieldError.notSupported(at, name, ['cpu', HUGE_PAGES, 'memory']));
  return errors;
};

/** ValidateResourceQuantityValue */
export function resourceQuantity(name: string, text: string, at: Path): FieldError[] {
  const errors = nonNegativeQuantity(text, at);
  if (isIntegerResource(name) && Quantity.parse(text).milliValue() % 1000 !== 0)
    errors.push(fieldError.invalid(at, text, NOT_INTEGER));
  return errors;
}

function hugePageQuantity(name: string, text: string, at: Path): FieldError[] {
  const size = name.slice(HUGE_PAGES.length);
  let page: Quantity;
  try {
    page = Quantity.parse(size);
  } catch (error) {
    return [fieldError.invalid(at, text, (error as Error).message)];
  }
  if (page.sign <= 0 || Quantity.parse(text).nanos % page.nanos !== 0n)
    return [fieldError.invalid(at, text, `${text} is not positive integer multiple of ${size}`)];
  return [];
}

function validateAmounts(list: Record<string, string>, nameCheck: NameCheck, at: Path): FieldError[] {
  const errors: FieldError[] = [];
  for (const name in list) {
    const text = list[name]!;
    const here = at.key(name);
    errors.push(...nameCheck(name, here), ...resourceQuantity(name, text, here));
    if (isHugePages(name)) errors.push(...hugePageQuantity(name, text, here));
  }
  return errors;
}

function validateRequest(name: string, text: string, limit: string | undefined, at: Path): FieldError[] {
  const overcommit = isOvercommitAllowed(name);
  if (limit === undefined)
    return overcommit ? [] : [fieldError.required(at.child('limits'), 'Limit must be set for non overcommitable resources')];
  const order = Quantity.parse(text).compare(Quantity.parse(limit));
  const requests = at.child('requests');
  if (order !== 0 && !overcommit) return [fieldError.invalid(requests, text, `must be equal to ${name} limit of ${limit}`)];
  if (order > 0) return [fieldError.invalid(requests, text, `must be less than or equal to ${name} limit of ${limit}`)];
  return [];
}

function validateClaims(claims: readonly ResourceClaim[], podClaims: ReadonlySet<string>, at: Path): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  claims.forEach(({ name, request }, i) => {
    const here = at.index(i);
    if (!name) {
      errors.push(fieldError.required(here));
      return;
    }
    const key = request ? `${name}/${request}` : name;
    if (seen.has(name)) errors.push(fieldError.duplicate(here, name));
    else {
      if (request) errors.push(...dnsLabel(request, here.child('request')));
      if (seen.has(key)) errors.push(fieldError.duplicate(here, key));
      else if (!request && [...seen].some((other) => other.startsWith(`${name}/`))) errors.push(fieldError.duplicate(here, name));
      seen.add(key);
    }
    if (podClaims.has(name)) return;
    const known = podClaims.size === 0 ? ' which is empty' : `: ${[...podClaims].sort().join(', ')}`;
    errors.push({ ...fieldError.notFound(here, name), detail: `must be one of the names in pod.spec.resourceClaims${known}` });
  });
  return errors;
}

const NO_CLAIMS: ReadonlySet<string> = new Set();

function validateRequirements(
  { limits = {}, requests = {}, claims = [] }: ResourceRequirements,
  nameCheck: NameCheck,
  podClaims: ReadonlySet<string>,
  at: Path,
): FieldError[] {
  const errors = validateAmounts(limits, nameCheck, at.child('limits'));
  for (const name in requests) {
    const one = { [name]: requests[name]! };
    const own = validateAmounts(one, nameCheck, at.child('requests'));
    errors.push(...own, ...validateRequest(name, requests[name]!, limits[name], at));
  }
  const names = [...Object.keys(limits), ...Object.keys(requests)];
  if (names.some(isHugePages) && !names.includes('cpu') && !names.includes('memory'))
    errors.push(fieldError.forbidden(at, 'HugePages require cpu or memory'));
  if (claims.length > 0) errors.push(...validateClaims(claims, podClaims, at.child('claims')));
  return errors;
}

/** ValidateContainerResourceRequirements; also for a pod's overhead. */
export const validateContainerResources = (
  resources: ResourceRequirements,
  podClaims: ReadonlySet<string>,
  at: Path,
): FieldError[] => validateRequirements(resources, containerResourceName, podClaims, at);

/** validatePodResources: what a pod asks for as a whole covers what its containers do. */
export function validatePodResources(spec: PodSpec, at: Path): FieldError[] {
  const { resources } = spec;
  if (!resources) return [];
  const errors: FieldError[] = [];
  if (resources.claims) errors.push(fieldError.forbidden(at.child('claims'), 'claims cannot be set for Resources at pod-level'));
  errors.push(...validateRequirements(resources, podResourceName, NO_CLAIMS, at));
  for (const [name, amount] of containerAmounts(spec, 'requests')) {
    const own = resources.requests?.[name] ?? '0';
    if (!isPodLevelResource(name) || amount.compare(Quantity.parse(own)) <= 0) continue;
    const detail = `must be greater than or equal to aggregate container requests of ${amount}`;
    errors.push(fieldError.invalid(at.child('requests').key(name), own, detail));
  }
  spec.containers.forEach((container, i) => {
    for (const [name, text] of Object.entries(container.resources?.limits ?? {})) {
      const limit = resources.limits?.[name];
      if (limit === undefined || Quantity.parse(text).compare(Quantity.parse(limit)) <= 0) continue;
      const here = at.child('containers').index(i).key(name).child('limits');
      errors.push(fieldError.invalid(here, text, `must be less than or equal to pod limits of ${limit}`));
    }
  });
  return errors;
}
