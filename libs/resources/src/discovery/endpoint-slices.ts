import { equalJson } from '@windlass/meta';
import { ageColumn, column, nameColumn } from '../generic/columns.ts';
import { builtin } from '../generic/definition.ts';
import { fieldDoc } from '../generic/docs.ts';
import { shortList } from '../generic/texts.ts';
import { unsetEmpty } from '../generic/unset-empty.ts';
import type { EndpointSlice } from '../types.gen.ts';
import { validateEndpointSlice, validateEndpointSliceUpdate } from './validate.ts';

const HOSTNAME = 'kubernetes.io/hostname';
const doc = (field: string): string => fieldDoc('discovery.v1.EndpointSlice', field);

/** v1 has no topology: it goes, unless the endpoints are untouched; node names that the old topology knew move to nodeName. */
function dropTopology(slice: EndpointSlice, old: EndpointSlice | undefined): void {
  if (old && equalJson(old.endpoints, slice.endpoints)) return;
  const known = new Set((old?.endpoints ?? []).map(({ deprecatedTopology }) => deprecatedTopology?.[HOSTNAME]));
  for (const endpoint of slice.endpoints ?? []) {
    const node = endpoint.deprecatedTopology?.[HOSTNAME];
    if (endpoint.nodeName === undefined && node && known.has(node)) endpoint.nodeName = node;
    delete endpoint.deprecatedTopology;
  }
}

function prepare(slice: EndpointSlice, old: EndpointSlice | undefined): void {
  dropTopology(slice, old);
  unsetEmpty(slice, 'endpoints', 'ports');
}

const listText = (items: readonly string[]): string => shortList(items) || '<unset>';

const ports = ({ ports: all }: EndpointSlice): string =>
  listText((all ?? []).map(({ port, name }) => (port === undefined ? (name ?? '*') : String(port))));

const addresses = ({ endpoints }: EndpointSlice): string => listText((endpoints ?? []).flatMap((one) => one.addresses ?? []));

export const endpointSlices = builtin<EndpointSlice>('discovery.k8s.io/v1', 'endpointslices', {
  columns: [
    nameColumn,
    column('AddressType', 'string', doc('addressType'), ({ addressType }) => addressType),
    column('Ports', 'string', doc('ports'), ports),
    column('Endpoints', 'string', doc('endpoints'), addresses),
    ageColumn,
  ],
  strategy: {
    default(slice) {
      for (const port of slice.ports ?? []) {
        port.name ??= '';
        port.protocol ??= 'TCP';
      }
    },
    prepareForCreate: (slice) => prepare(slice, undefined),
    prepareForUpdate: prepare,
    validate: validateEndpointSlice,
    validateUpdate: validateEndpointSliceUpdate,
  },
});
