import { describe, expect, it } from '@jest/globals';
import { anonymousPaths } from './anonymous.ts';
import { parseAuthenticationConfiguration } from './configuration.ts';

const file = (anonymous: object) =>
  parseAuthenticationConfiguration(
    JSON.stringify({ apiVersion: 'apiserver.config.k8s.io/v1', kind: 'AuthenticationConfiguration', anonymous }),
  );
const open = (allowed: (path: string) => boolean) =>
  ['/livez', '/livez/ping', '/version', '/versions', '/apis'].filter(allowed).join(' ');

describe('anonymousPaths', () => {
  it.each([
    ['nothing said: health and version', open(anonymousPaths({})), '/livez /livez/ping /version'],
    ['--anonymous-auth', open(anonymousPaths({}, true)), '/livez /livez/ping /version /versions /apis'],
    ['off', open(anonymousPaths(file({ enabled: false }), true)), ''],
    ['on', open(anonymousPaths(file({ enabled: true }))), '/livez /livez/ping /version /versions /apis'],
    ['exact paths', open(anonymousPaths(file({ enabled: true, conditions: [{ path: '/livez' }] }))), '/livez'],
  ])('%s', (_, found, wanted) => expect(found).toBe(wanted));

  it.each([
    ['conditions without effect', { enabled: false, conditions: [{ path: '/livez' }] }, 'enabled should be set to true'],
    ['an empty path', { enabled: true, conditions: [{ path: '' }] }, 'anonymous.conditions[0].path: Required value'],
  ])('refuses %s', (_, anonymous, message) => expect(() => file(anonymous)).toThrow(message));

  it('refuses another kind', () => expect(() => parseAuthenticationConfiguration('kind: Policy')).toThrow('Policy'));
});
