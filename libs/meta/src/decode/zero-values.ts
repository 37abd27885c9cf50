import type { Schema } from '../schema.ts';
import { POINTERS, WRITTEN } from './go-fields.gen.ts';
import { refName } from './go-types.ts';

/** Lists whose explicit emptiness means something: no managers at all, where an unset list leaves them as they are. */
export const KEPT_EMPTY_LISTS: ReadonlySet<string> = new Set(['managedFields.ObjectMeta']);

/** Required lists that may be empty nevertheless. Other required lists and pointers stay absent when unset: validation refuses them. */
export const NULLABLE_REQUIRED: ReadonlySet<string> = new Set([
  'currentMetrics.HorizontalPodAutoscalerStatus',
  'drivers.CSINodeSpec',
  'endpoints.EndpointSlice',
  'limits.LimitRangeSpec',
  'ports.EndpointSlice',
  'requests.DeviceClaim',
  'rules.ClusterRole',
  'rules.Role',
]);

/** What Go writes for zero values of the fields of a struct. */
export interface ZeroRules {
  /** Written even when unset. */
  written(key: string): boolean;
  /** Behind a pointer: unset is null, and an explicit zero of a scalar is kept. */
  isPointer(key: string): boolean;
}

const words = (text = ''): string[] => text.split(' ').filter(Boolean);

/** @param schema such as `io.k8s.api.core.v1.Pod` */
export function zeroRules(schema: string): ZeroRules {
  const name = schema.replace(/^io\.k8s\./, '');
  const written = words(WRITTEN[name]);
  const keys = new Set(written.map((word) => word.replace('*', '')));
  const pointers = new Set([
    ...words(POINTERS[name]),
    ...written.filter((word) => word.endsWith('*')).map((word) => word.slice(0, -1)),
  ]);
  return { written: (key) => keys.has(key), isPointer: (key) => pointers.has(key) };
}

const EMPTY_TYPES: Readonly<Record<string, unknown>> = {
  Quantity: '0',
  IntOrString: 0,
  Time: null,
  MicroTime: null,
  RawExtension: null,
};
const EMPTY_SCALARS: Readonly<Record<string, unknown>> = { string: '', boolean: false, integer: 0, number: 0 };

/** The zero value of a scalar, or of a struct that is written like one; undefined for other structs, lists and maps. */
export function emptyScalar(schema: Schema): unknown {
  const name = refName(schema);
  if (name) return EMPTY_TYPES[name.slice(name.lastIndexOf('.') + 1)];
  return schema.format === 'byte' ? null : EMPTY_SCALARS[schema.type ?? ''];
}
