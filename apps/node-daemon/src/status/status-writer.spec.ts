import { createClient } from '@windlass/client';
import { createLogger } from '@windlass/platform';
import type { Pod } from '@windlass/resources';
import { StatusWriter } from './status-writer.ts';

const POD = { metadata: { name: 'a', namespace: 'default', uid: 'u' }, spec: { containers: [] } } as unknown as Pod;

it('ends while the API server is away, and writes nothing after that', async () => {
  const client = createClient({ server: 'https://127.0.0.1:1' });
  const writer = new StatusWriter(client, createLogger('node-daemon', 'silent'));
  writer.set(POD, { phase: 'Pending' });
  await writer.stop();
  writer.set(POD, { phase: 'Running' });
  await writer.flushed('u');
  expect(writer.get('u')).toEqual({ phase: 'Running' });
  client.close();
});
