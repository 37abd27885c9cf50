import { badRequest, type FieldError, fieldError, invalid } from '@windlass/meta';

const NUMBERS = { tailLines: 0, limitBytes: 1, sinceSeconds: 1 } as const;
const PASSED = ['follow', 'previous', 'sinceSeconds', 'sinceTime', 'timestamps', 'tailLines', 'limitBytes', 'stream'] as const;

/** PodLogOptions of a request, checked (ValidatePodLogOptions), as the kubelet's query. @throws StatusError 400, 422 */
export function logQuery(query: URLSearchParams, pod: string): URLSearchParams {
  const errors: FieldError[] = [];
  const passed = new URLSearchParams();
  for (const name of PASSED) {
    const text = query.get(name);
    if (text === null || text === '') continue;
    passed.set(name, text);
    if (!(name in NUMBERS)) continue;
    if (!/^[-+]?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
    const least = NUMBERS[name as keyof typeof NUMBERS];
    if (Number(text) < least) {
      const must = least === 0 ? 'must be greater than or equal to 0' : 'must be greater than 0';
      errors.push(fieldError.invalid(name, Number(text), must));
    }
  }
  if (passed.has('sinceTime')) {
    if (Number.isNaN(Date.parse(passed.get('sinceTime')!)))
      throw badRequest(`parsing time ${JSON.stringify(passed.get('sinceTime'))} as "2006-01-02T15:04:05Z07:00": cannot parse`);
    if (passed.has('sinceSeconds'))
      errors.push(fieldError.forbidden('', 'at most one of `sinceTime` or `sinceSeconds` may be specified'));
  }
  if (errors.length > 0) throw invalid('', 'PodLogOptions', pod, errors);
  return passed;
}
