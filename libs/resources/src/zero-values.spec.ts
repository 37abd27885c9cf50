import { compileDecoder } from '@windlass/meta';
import { schemaSource } from './schemas.ts';

const decode = (name: string, value: object): unknown =>
  compileDecoder(`io.k8s.api.${name}`, schemaSource)(value, { unknown: [] });

test.each([
  [
    'a pointer keeps an explicit zero',
    'core.v1.Container',
    { restartPolicy: '' },
    { restartPolicy: '', name: '', resources: {} },
  ],
  ['a plain field loses it', 'core.v1.Container', { workingDir: '', stdin: false }, { name: '', resources: {} }],
  ['the same name, plain in one struct', 'core.v1.EndpointPort', { name: '', port: 1 }, { port: 1 }],
  ['and a pointer in another', 'discovery.v1.EndpointPort', { name: '', port: 1 }, { name: '', port: 1 }],
  ['optional lists that Go always writes', 'core.v1.ProjectedVolumeSource', {}, { sources: null }],
  ['required ones are left to validation', 'core.v1.PodSpec', {}, {}],
  ['but not where they may be empty', 'rbac.v1.Role', {}, { metadata: {}, rules: null }],
  ['an explicit empty list is one until it is stored', 'rbac.v1.Role', { rules: [] }, { metadata: {}, rules: [] }],
  ['times without a pointer', 'core.v1.EventSeries', { count: 0 }, { lastObservedTime: null }],
  ['numbers that are always written', 'events.v1.EventSeries', {}, { count: 0, lastObservedTime: null }],
])('%s: %s', (_, name, value, expected) => {
  expect(decode(name, value)).toEqual(expected);
});
