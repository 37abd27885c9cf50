import { useApiServer } from '@windlass/testkit';

const api = useApiServer();
test('a configuration that is applied again later is no write, defaults in atomic lists or not', async () => {
  const kinds: [string, object][] = [
    ['limitranges', { apiVersion: 'v1', kind: 'LimitRange', spec: { limits: [{ type: 'Container', max: { cpu: '1' } }] } }],
    ['secrets', { apiVersion: 'v1', kind: 'Secret', stringData: { a: 'b' } }],
  ];
  const apply = async (resource: string, body: object) => {
    const url = `/api/v1/namespaces/default/${resource}/again?fieldManager=m`;
    return (
      await api.http.call(url, {
        method: 'PATCH',
        type: 'application/apply-patch+yaml',
        body: { ...body, metadata: { name: 'again' } },
      })
    ).json;
  };
  const first = await Promise.all(kinds.map(([resource, body]) => apply(resource, body)));
  // Times of managedFields are whole seconds.
  await new Promise((resolve) => setTimeout(resolve, 1100));
  const second = await Promise.all(kinds.map(([resource, body]) => apply(resource, body)));
  expect(second).toEqual(first);
});
