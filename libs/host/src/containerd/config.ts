/** Where one containerd keeps its things. All paths absolute. */
export interface ContainerdSettings {
  root: string;
  state: string;
  socket: string;
  opt: string;
  cniConfDir: string;
  cniBinDir: string;
  /** Directory of `<registry host>/hosts.toml` files (mirrors, certificates, headers). */
  registryDir: string;
  sandboxImage: string;
  /** The process lacks CAP_SYS_RESOURCE: containers cannot get a lower OOM score than ours. */
  restrictOomScoreAdj: boolean;
  disableApparmor: boolean;
  snapshotter: string;
  runcBinary?: string;
}

type Toml = string | number | boolean | string[];

const value = (item: Toml): string => JSON.stringify(item);

function section(header: string | undefined, entries: Record<string, Toml | undefined>): string {
  const lines = Object.entries(entries).flatMap(([key, item]) => (item === undefined ? [] : [`${key} = ${value(item)}`]));
  return [...(header ? [`[${header}]`] : []), ...lines].join('\n');
}

const CRI = 'plugins."io.containerd.grpc.v1.cri"';

/**
 * config.toml in format version 2, which containerd 1.5 to 2.x read (2.x migrates it in memory). The opt plugin gets its own path, since
 * the default one is shared by all containerds of the machine.
 */
export function containerdConfig(s: ContainerdSettings): string {
  return `${[
    section(undefined, { version: 2, root: s.root, state: s.state }),
    section('grpc', { address: s.socket }),
    section('ttrpc', { address: `${s.socket}.ttrpc` }),
    section('debug', { level: 'warn' }),
    section('plugins."io.containerd.internal.v1.opt"', { path: s.opt }),
    section(CRI, {
      sandbox_image: s.sandboxImage,
      stream_server_address: '127.0.0.1',
      stream_server_port: '0',
      restrict_oom_score_adj: s.restrictOomScoreAdj,
      disable_apparmor: s.disableApparmor,
      netns_mounts_under_state_dir: true,
      tolerate_missing_hugetlb_controller: true,
      disable_hugetlb_controller: true,
      enable_unprivileged_ports: true,
      enable_unprivileged_icmp: true,
      max_concurrent_downloads: 3,
    }),
    section(`${CRI}.containerd`, { default_runtime_name: 'runc', snapshotter: s.snapshotter }),
    section(`${CRI}.containerd.runtimes.runc`, { runtime_type: 'io.containerd.runc.v2' }),
    section(`${CRI}.containerd.runtimes.runc.options`, { SystemdCgroup: false, BinaryName: s.runcBinary }),
    section(`${CRI}.cni`, { bin_dir: s.cniBinDir, conf_dir: s.cniConfDir, max_conf_num: 1 }),
    section(`${CRI}.registry`, { config_path: s.registryDir }),
  ].join('\n\n')}\n`;
}
