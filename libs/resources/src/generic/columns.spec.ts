import { ageColumn, createdAtColumn, nameColumn } from './columns.ts';
import { fieldDoc } from './docs.ts';

const now = new Date('2026-01-01T00:10:00Z');
const object = { metadata: { name: 'a', creationTimestamp: '2026-01-01T00:00:00Z' } };

test('cells', () => {
  const cells = [nameColumn, ageColumn, createdAtColumn].map((column) => column.cell(object, now));
  expect(cells).toEqual(['a', '10m', '2026-01-01T00:00:00Z']);
  expect(ageColumn.cell({ metadata: {} }, now)).toBe('<unknown>');
});

test('texts of fields', () => {
  expect(fieldDoc('apps.v1.DeploymentStatus', 'observedGeneration')).toBe(
    'The generation observed by the deployment controller.',
  );
  expect(ageColumn.description).toMatch(/in UTC\.\n\nPopulated by the system/);
  expect(() => fieldDoc('apps.v1.DeploymentStatus', 'nothing')).toThrow('no apps.v1.DeploymentStatus nothing');
});
