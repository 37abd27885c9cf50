import { type GoShape, goField } from '../fields/go-form.ts';

const SELECTORS = goField('selectors', null, [{ json: 'cel', go: 'CEL', zero: null, shape: [goField('expression', '')] }]);
const TOLERATIONS = goField('tolerations', null, [
  goField('key', ''),
  goField('operator', ''),
  goField('value', ''),
  goField('effect', ''),
  goField('tolerationSeconds'),
]);
const CAPACITY = goField('capacity', null, [goField('requests')]);
const MODE = [goField('allocationMode', ''), goField('count', 0)];

const DEVICES: GoShape = [
  goField('requests', null, [
    goField('name', ''),
    goField('exactly', null, [goField('deviceClassName', ''), SELECTORS, ...MODE, goField('adminAccess'), TOLERATIONS, CAPACITY]),
    goField('firstAvailable', null, [
      goField('name', ''),
      goField('deviceClassName', ''),
      SELECTORS,
      ...MODE,
      TOLERATIONS,
      CAPACITY,
    ]),
  ]),
  goField('constraints', null, [goField('requests'), goField('matchAttribute'), goField('distinctAttribute')]),
  goField('config', null, [goField('requests'), goField('opaque', null, [goField('driver', ''), goField('parameters')])]),
];

/** ResourceClaimSpec as Go prints it. */
export const CLAIM_SPEC_SHAPE: GoShape = [goField('devices', { Requests: null, Constraints: null, Config: null }, DEVICES)];
