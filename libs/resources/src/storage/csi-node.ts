import { equalJson, type FieldError, fieldError, type Path, path } from '@windlass/meta';
import { IMMUTABLE } from '../fields/messages.ts';
import { qualifiedName } from '../fields/names.ts';
import { nonNegative } from '../fields/numbers.ts';
import { Once } from '../fields/once.ts';
import { ageColumn, column, nameColumn } from '../generic/columns.ts';
import { builtin } from '../generic/definition.ts';
import { fieldDoc } from '../generic/docs.ts';
import { unsetEmpty } from '../generic/unset-empty.ts';
import type { CSINode, CSINodeDriver } from '../types.gen.ts';
import { driverName } from './driver-name.ts';

const MAX_NODE_ID = 256;

function nodeId(id: string, at: Path): FieldError[] {
  if (id === '') return [fieldError.required(at)];
  return id.length > MAX_NODE_ID ? [fieldError.invalid(at, id, `must be ${MAX_NODE_ID} characters or less`)] : [];
}

function validateDriver(driver: CSINodeDriver, names: Once, at: Path): FieldError[] {
  const errors = [
    ...driverName(driver.name, at.child('name')),
    ...nodeId(driver.nodeID ?? '', at.child('nodeID')),
    ...nonNegative(driver.allocatable?.count, at.child('allocatable', 'count')),
    ...names.check(driver.name, at.child('name')),
  ];
  const keys = new Once();
  for (const key of driver.topologyKeys ?? []) {
    if (key === '') errors.push(fieldError.required(at));
    errors.push(...keys.check(key, at), ...qualifiedName(key, at));
  }
  return errors;
}

function validate({ spec }: CSINode): FieldError[] {
  const names = new Once();
  const at = path('spec', 'drivers');
  return (spec.drivers ?? []).flatMap((driver, i) => validateDriver(driver, names, at.index(i)));
}

/** As Go prints the driver: its internal type has no JSON names, and allocatable is not compared. */
const internalForm = ({ name, nodeID, topologyKeys }: CSINodeDriver) => ({
  Name: name,
  NodeID: nodeID,
  TopologyKeys: topologyKeys ?? null,
  Allocatable: null,
});

function changedDrivers({ spec }: CSINode, old: CSINode): FieldError[] {
  const errors: FieldError[] = [];
  for (const before of old.spec.drivers ?? [])
    for (const driver of spec.drivers ?? []) {
      const [now, then] = [internalForm(driver), internalForm(before)];
      if (now.Name === then.Name && !equalJson(now, then))
        errors.push(fieldError.invalid(path('spec', 'drivers'), now, IMMUTABLE));
    }
  return errors;
}

const unset = ({ spec }: CSINode): void => unsetEmpty(spec, 'drivers');

export const csiNodes = builtin<CSINode>('storage.k8s.io/v1', 'csinodes', {
  columns: [
    nameColumn,
    column<CSINode>('Drivers', 'integer', fieldDoc('storage.v1.CSINodeSpec', 'drivers'), ({ spec }) => spec.drivers?.length ?? 0),
    ageColumn,
  ],
  strategy: {
    prepareForCreate: unset,
    prepareForUpdate: unset,
    validate,
    validateUpdate: (node, old) => [...validate(node), ...changedDrivers(node, old)],
  },
});
