import type { TextTransformer } from '@windlass/store';
import type { Provider, ResourceEncryption } from './configuration.ts';

const ENCRYPTED = 'k8s:enc:';

/** Whether a resource of the configuration is that of a key (`/core/secrets/…`). */
function covers(resource: string, group: string, plural: string): boolean {
  const dot = resource.indexOf('.');
  const [name, of] = dot < 0 ? [resource, ''] : [resource.slice(0, dot), resource.slice(dot + 1)];
  return (name === '*' || name === plural) && (of === '*' || of === group);
}

/** Keeps texts as an EncryptionConfiguration says. The first entry that names a resource holds; others stay as they are. */
export function encryption(configuration: readonly ResourceEncryption[]): TextTransformer {
  const known = new Map<string, readonly Provider[]>();
  const providersOf = (key: string): readonly Provider[] => {
    const [, segment = '', plural = ''] = key.split('/', 3);
    const id = `${segment}/${plural}`;
    let found = known.get(id);
    if (!found) {
      const group = segment === 'core' ? '' : segment;
      const entry = configuration.find(({ resources }) => resources.some((resource) => covers(resource, group, plural)));
      found = entry?.providers ?? ['identity'];
      known.set(id, found);
    }
    return found;
  };
  return {
    write(key, text) {
      const first = providersOf(key)[0]!;
      return first === 'identity' ? text : first.prefix + first.cipher.seal(text, key).toString('base64');
    },
    read(key, kept) {
      const providers = providersOf(key);
      if (!kept.startsWith(ENCRYPTED)) {
        if (providers.includes('identity')) return kept;
        throw new Error(`${key} is stored as it is, and the EncryptionConfiguration has no provider identity for it`);
      }
      const provider = providers.find((each) => each !== 'identity' && kept.startsWith(each.prefix));
      if (!provider || provider === 'identity')
        throw new Error(
          `${key} is encrypted by a provider or key that the EncryptionConfiguration does not name: ${kept.split(':', 5).slice(2).join(':')}`,
        );
      try {
        return provider.cipher.open(Buffer.from(kept.slice(provider.prefix.length), 'base64'), key);
      } catch (error) {
        throw new Error(`${key} cannot be decrypted by ${provider.prefix}: ${(error as Error).message}`);
      }
    },
    isStale(key, kept) {
      const first = providersOf(key)[0]!;
      return first === 'identity' ? kept.startsWith(ENCRYPTED) : !kept.startsWith(first.prefix);
    },
  };
}
