import path from 'node:path';

/** Where everything of a cluster lies, below its state directory. */
export const clusterPaths = (stateDir: string) => {
  const at = (...parts: string[]) => path.join(stateDir, ...parts);
  return {
    options: at('cluster.json'),
    pki: at('pki'),
    postgres: at('postgres', 'data'),
    postgresSocket: at('postgres', 'socket'),
    redis: at('redis'),
    images: at('images'),
    config: (name: string) => at('config', `${name}.json`),
    kubeconfig: (name: string) => at('kubeconfig', `${name}.conf`),
    pid: (name: string) => at('run', `${name}.pid`),
    log: (name: string) => at('log', `${name}.log`),
    status: at('run', 'status.json'),
    node: (name: string) => {
      const node = (...parts: string[]) => at('nodes', name, ...parts);
      return { root: node(), daemon: node('daemon'), containerd: node('containerd'), cni: node('cni'), pki: node('pki') };
    },
    directories: ['config', 'kubeconfig', 'run', 'log', 'nodes', 'images', 'postgres'].map((name) => at(name)),
  };
};

export type ClusterPaths = ReturnType<typeof clusterPaths>;
