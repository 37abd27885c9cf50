import type { Quantity } from '@windlass/meta';
import type { Amounts } from '@windlass/resources';

/** What is asked for, as a limit applies to it. */
export interface Asked {
  requests: Amounts;
  limits: Amounts;
}

/** @returns what is wrong, undefined when nothing is */
export type Constraint = (type: string, resource: string, bound: Quantity, asked: Asked) => string | undefined;

export const minimum: Constraint = (type, resource, bound, { requests, limits }) => {
  const rule = `minimum ${resource} usage per ${type} is ${bound}`;
  const request = requests.get(resource);
  const limit = limits.get(resource);
  if (!request) return `${rule}.  No request is specified`;
  if (request.compare(bound) < 0) return `${rule}, but request is ${request}`;
  return limit && limit.compare(bound) < 0 ? `${rule}, but limit is ${limit}` : undefined;
};

export const maximum: Constraint = (type, resource, bound, { requests, limits }) => {
  const rule = `maximum ${resource} usage per ${type} is ${bound}`;
  const request = requests.get(resource);
  const limit = limits.get(resource);
  if (!limit) return `${rule}.  No limit is specified`;
  if (limit.compare(bound) > 0) return `${rule}, but limit is ${limit}`;
  return request && request.compare(bound) > 0 ? `${rule}, but request is ${request}` : undefined;
};

/** For what has requests only: volume claims. */
export const maximumRequest: Constraint = (type, resource, bound, { requests }) => {
  const rule = `maximum ${resource} usage per ${type} is ${bound}`;
  const request = requests.get(resource);
  if (!request) return `${rule}.  No request is specified`;
  return request.compare(bound) > 0 ? `${rule}, but request is ${request}` : undefined;
};

export const maximumRatio: Constraint = (type, resource, bound, { requests, limits }) => {
  const rule = `${resource} max limit to request ratio per ${type} is ${bound}`;
  const request = requests.get(resource);
  const limit = limits.get(resource);
  if (!request || request.sign === 0) return `${rule}, but no request is specified or request is 0`;
  if (!limit || limit.sign === 0) return `${rule}, but no limit is specified or limit is 0`;
  const ratio = limit.toNumber() / request.toNumber();
  return ratio > bound.toNumber() ? `${rule}, but provided ratio is ${ratio.toFixed(6)}` : undefined;
};
