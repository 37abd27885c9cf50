import type { ManagedType } from './managed-type.ts';
import { hasShape, shapeOf } from './shape.ts';

const text: ManagedType = { kind: 'scalar', of: 'string' };
const item: ManagedType = {
  kind: 'map',
  atomic: false,
  fields: new Map([
    ['name', text],
    ['image', text],
  ]),
  element: undefined,
};
const type: ManagedType = {
  kind: 'map',
  atomic: false,
  element: undefined,
  fields: new Map<string, ManagedType>([
    ['a', text],
    ['labels', { kind: 'map', atomic: false, fields: new Map(), element: text }],
    ['items', { kind: 'list', relation: 'keys', keys: ['name'], keyDefaults: {}, element: item }],
    ['set', { kind: 'list', relation: 'set', keys: [], keyDefaults: {}, element: text }],
  ]),
};
const base = { a: 'x', labels: { app: 'web' }, items: [{ name: 'c', image: 'i' }], set: ['m'] };

it.each([
  ['another scalar', { ...base, a: 'y' }],
  ['another label value', { ...base, labels: { app: 'db' } }],
  ['another order of keys', { set: ['m'], items: [{ image: 'i', name: 'c' }], labels: { app: 'web' }, a: 'x' }],
  ['another field of an item', { ...base, items: [{ name: 'c', image: 'j' }] }],
])('%s has the same shape', (_, value) => {
  expect(hasShape(type, value, shapeOf(type, base))).toBe(true);
  expect(hasShape(type, base, shapeOf(type, value))).toBe(true);
  expect(hasShape(type, value, shapeOf(type, value))).toBe(true);
});

it.each([
  ['an empty scalar', { ...base, a: '' }],
  ['null', { ...base, a: null }],
  ['another key', { ...base, labels: { tier: 'web' } }],
  ['a further field', { ...base, b: 1 }],
  ['another list key', { ...base, items: [{ name: 'd', image: 'i' }] }],
  ['a further item', { ...base, items: [...base.items, { name: 'd' }] }],
  ['another member', { ...base, set: ['n'] }],
  ['an empty list', { ...base, items: [] }],
  ['an empty map', { ...base, labels: {} }],
  ['a field less', { ...base, labels: undefined }],
  ['text for a map', { ...base, labels: 'x' }],
  ['an undeclared map', { ...base, x: { y: 1 } }],
])('%s has another shape', (_, value) => {
  expect(hasShape(type, value, shapeOf(type, base))).toBe(false);
  expect(hasShape(type, base, shapeOf(type, value))).toBe(false);
  expect(hasShape(type, value, shapeOf(type, value))).toBe(true);
});
