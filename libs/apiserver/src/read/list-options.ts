import { badRequest, type FieldError, fieldError, invalid, plainError } from '@windlass/meta';
import { isTrue } from '../request/request-info.ts';

export interface ListRequest {
  /** undefined: unset (newest). 0: any. */
  resourceVersion: number | undefined;
  match: '' | 'Exact' | 'NotOlderThan';
  limit: number;
  continue: string;
  sendInitialEvents: boolean;
}

const MATCHES = ['Exact', 'NotOlderThan'];

/** @throws StatusError 400, 422 or 500, as k8s.io/apimachinery's ValidateListOptions and the request decoder */
export function listRequest(query: URLSearchParams, watch: boolean): ListRequest {
  const rv = query.get('resourceVersion') ?? '';
  const match = query.get('resourceVersionMatch') ?? '';
  const token = query.get('continue') ?? '';
  const initial = query.get('sendInitialEvents');
  const errors: FieldError[] = [];
  const no = (field: string, detail: string) => errors.push(fieldError.forbidden(field, detail));
  if (watch) {
    if (initial !== null && match !== 'NotOlderThan')
      no('resourceVersionMatch', 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan');
    else if (match && initial === null) {
      no('resourceVersionMatch', 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided');
      if (match !== 'NotOlderThan') errors.push(fieldError.notSupported('resourceVersionMatch', match, ['NotOlderThan']));
    }
  } else {
    if (match) {
      if (!rv) no('resourceVersionMatch', 'resourceVersionMatch is forbidden unless resourceVersion is provided');
      if (token) no('resourceVersionMatch', 'resourceVersionMatch is forbidden when continue is provided');
      if (!MATCHES.includes(match)) errors.push(fieldError.notSupported('resourceVersionMatch', match, [...MATCHES, '']));
      if (match === 'Exact' && rv === '0')
        no('resourceVersionMatch', 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
    }
    if (initial !== null) no('sendInitialEvents', 'sendInitialEvents is forbidden for list');
  }
  if (errors.length > 0) throw invalid('meta.k8s.io', 'ListOptions', '', errors);
  const limit = integerText(query, 'limit');
  integerText(query, 'timeoutSeconds');
  return {
    resourceVersion: parseRevision(rv, !watch),
    match: match as ListRequest['match'],
    limit: watch ? 0 : Math.max(0, Number(limit || 0)),
    continue: token,
    sendInitialEvents: isTrue(initial),
  };
}

/** @throws StatusError 400 */
function integerText(query: URLSearchParams, name: string): string {
  const text = query.get(name) ?? '';
  if (text !== '' && !/^-?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return text;
}

/** @returns undefined for ''. @throws StatusError 400 for lists, 500 as Kubernetes answers get and watch */
export function parseRevision(text: string, list: boolean): number | undefined {
  if (text === '') return undefined;
  if (/^\d+$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
  const message = `resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`;
  throw list ? badRequest(`invalid resource version: ${message}`) : plainError(message);
}
