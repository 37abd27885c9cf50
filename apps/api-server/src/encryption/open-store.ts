import type { Logger } from '@windlass/platform';
import { type ObjectStore, PostgresObjectStore, TransformedStore } from '@windlass/store';
import type { ApiServerConfig } from '../config.ts';
import { readEncryptionConfiguration } from './configuration.ts';
import { encryption } from './transformer.ts';

export interface OpenedStore {
  store: ObjectStore;
  /** Begins to write anew, in the background, what is not stored as the configuration says now. */
  rewriteStale(): { stop(): Promise<void> };
}

/** The store of the configuration, encrypted where it says so. @throws Error for an EncryptionConfiguration that cannot be used */
export async function openStore(
  { databaseUrl, encryptionConfigFile }: Pick<ApiServerConfig, 'databaseUrl' | 'encryptionConfigFile'>,
  logger: Logger,
): Promise<OpenedStore> {
  const configuration = encryptionConfigFile ? readEncryptionConfiguration(encryptionConfigFile) : undefined;
  const postgres = await PostgresObjectStore.open(databaseUrl, { name: 'api-server' });
  if (!configuration) return { store: postgres, rewriteStale: () => ({ stop: async () => {} }) };
  const store = new TransformedStore(postgres, encryption(configuration));
  return {
    store,
    rewriteStale() {
      const stop = new AbortController();
      const running = store.rewriteStale('/', stop.signal).then(
        (written) => written > 0 && logger.info({ written }, 'stored anew as the EncryptionConfiguration says'),
        (err: unknown) =>
          stop.signal.aborted || logger.warn({ err }, 'not everything is stored as the EncryptionConfiguration says'),
      );
      return {
        async stop() {
          stop.abort();
          await running;
        },
      };
    },
  };
}
