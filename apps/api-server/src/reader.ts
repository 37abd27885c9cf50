import type { ResourceReader } from '@windlass/apiserver';
import { resourcePrefix } from '@windlass/apiserver';
import type { AnyObject } from '@windlass/meta';
import type { WatchCache } from '@windlass/store';

const keyOf = (group: string, resource: string, namespace: string, name: string): string =>
  `${resourcePrefix(group, resource)}${namespace ? `${namespace}/` : ''}${name}`;

/** The watch cache as plugins, authorizers and handlers see it. */
export function cacheReader(cache: WatchCache): ResourceReader {
  const get: ResourceReader['get'] = (group, resource, namespace, name) =>
    cache.get(keyOf(group, resource, namespace, name))?.object;
  return {
    get,
    list: (group, resource, namespace) =>
      cache.list(keyOf(group, resource, namespace ?? '', '')).items.map((item) => item.object),
    listByIndex: (group, resource, name, value) =>
      cache.list(resourcePrefix(group, resource), { index: { name, value } }).items.map((item) => item.object),
    async getFresh(group, resource, namespace, name) {
      await cache.readFresh();
      return get(group, resource, namespace, name);
    },
    onChange(group, resource, changed) {
      let stopped = false;
      let close = () => {};
      const follow = () => {
        cache
          .subscribe(resourcePrefix(group, resource), cache.revision, {
            onEvents: (events) => {
              for (const event of events) changed(event.type, event.current.object as AnyObject);
            },
            onClose: (error) => {
              if (!stopped && error) setTimeout(follow, 10);
            },
          })
          .then((subscription) => {
            if (stopped) subscription.close();
            else close = () => subscription.close();
          })
          .catch(() => {
            if (!stopped) setTimeout(follow, 100);
          });
      };
      follow();
      return () => {
        stopped = true;
        close();
      };
    },
  };
}
