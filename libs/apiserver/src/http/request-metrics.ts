import { counter, gauge, secondsHistogram } from '@windlass/platform';
import type { RequestInfo } from '../seams.ts';

const requests = counter('apiserver_request_total', 'Requests by verb, resource, scope and code');
const duration = secondsHistogram(
  'apiserver_request_duration_seconds',
  'Time to answer by verb, resource and scope; watches excepted',
);

/** Requests being answered now. */
export const inflight = gauge('apiserver_current_inflight_requests', 'Requests being answered');

const scopeOf = ({ name, namespace, isResourceRequest }: RequestInfo): string =>
  !isResourceRequest ? '' : name ? 'resource' : namespace ? 'namespace' : 'cluster';

/** Labels as kube-apiserver's metrics have them; what is not served leaves no label, so that clients cannot make up series. */
export function countRequest(info: RequestInfo, served: boolean, code: number, milliseconds: number): void {
  const { group, version, resource, subresource } = served ? info : { group: '', version: '', resource: '', subresource: '' };
  const labels = { verb: info.verb.toUpperCase(), group, version, resource, subresource, scope: scopeOf(info) };
  requests(1, { ...labels, code });
  if (info.verb !== 'watch') duration(milliseconds / 1000, labels);
}
