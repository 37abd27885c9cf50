import { sortPlugins } from './order.ts';

const plugin = (name: string) => ({ name, handles: () => true });

test('plugins run in Kubernetes order, whoever added them when', () => {
  const plugins = ['ResourceQuota', 'MutatingAdmissionWebhook', 'ServiceAccount', 'NamespaceLifecycle'].map(plugin);
  sortPlugins(plugins);
  expect(plugins.map(({ name }) => name)).toEqual([
    'NamespaceLifecycle',
    'ServiceAccount',
    'MutatingAdmissionWebhook',
    'ResourceQuota',
  ]);
});

test('a plugin without a place is refused at start', () => {
  expect(() => sortPlugins([plugin('Strange')])).toThrow('admission plugin Strange has no place in the order');
});
