import { fieldError } from './field-errors.ts';
import { path } from './path.ts';
import * as errors from './status-errors.ts';

const pods = { group: '', resource: 'pods' };
const deployments = { group: 'apps', resource: 'deployments' };

describe('status errors', () => {
  test.each([
    [errors.notFound(deployments, 'x'), 404, 'deployments.apps "x" not found'],
    [
      errors.conflict(pods, 'x'),
      409,
      'Operation cannot be fulfilled on pods "x": the object has been modified; please apply your changes to the latest version and try again',
    ],
    [
      errors.accessDenied({
        user: 'jane',
        verb: 'create',
        group: '',
        resource: 'pods',
        subresource: 'exec',
        namespace: 'n',
        name: 'x',
      }),
      403,
      'pods "x" is forbidden: User "jane" cannot create resource "pods/exec" in API group "" in the namespace "n"',
    ],
    [
      errors.accessDenied({ user: 'jane', verb: 'list', group: '', resource: 'nodes' }),
      403,
      'nodes is forbidden: User "jane" cannot list resource "nodes" in API group "" at the cluster scope',
    ],
    [errors.unknownResource(), 404, 'the server could not find the requested resource'],
    [errors.tooLargeResourceVersion(9, 3), 504, 'Timeout: Too large resource version: 9, current: 3'],
  ])('%s', (error, code, message) => {
    expect(error.status).toMatchObject({ kind: 'Status', status: 'Failure', code, message });
  });

  test('invalid lists every cause and each text once', () => {
    const at = path('spec', 'containers').index(0);
    const same = fieldError.invalid(path('metadata', 'uid'), 'x', 'field is immutable');
    expect(errors.invalid('apps', 'Deployment', 'd', [same, same]).status).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'Deployment.apps "d" is invalid: metadata.uid: Invalid value: "x": field is immutable',
      reason: 'Invalid',
      details: {
        name: 'd',
        group: 'apps',
        kind: 'Deployment',
        causes: [
          { reason: 'FieldValueInvalid', message: 'Invalid value: "x": field is immutable', field: 'metadata.uid' },
          { reason: 'FieldValueInvalid', message: 'Invalid value: "x": field is immutable', field: 'metadata.uid' },
        ],
      },
      code: 422,
    });
    expect(
      errors.invalid('', 'Pod', 'p', [fieldError.required(at.child('name')), fieldError.notSupported('spec.x', '', ['A', 'B'])])
        .message,
    ).toBe(
      'Pod "p" is invalid: [spec.containers[0].name: Required value, spec.x: Unsupported value: "": supported values: "A", "B"]',
    );
    expect(errors.invalid('', 'Pod', 'p', [fieldError.invalid('spec', { a: '<' }, 'no')]).message).toBe(
      'Pod "p" is invalid: spec: Invalid value: {"a":"\\u003c"}: no',
    );
  });
});
