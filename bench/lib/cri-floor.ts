import { CriClient } from '@windlass/host';

/** Times in ms of the three CRI calls that start a pod's container, with nobody else in between. */
export interface CriSteps {
  sandbox: number;
  create: number;
  start: number;
}

/** What the runtime alone needs: sandbox (with CNI), container and start of one pod after the other, or `together`. @param cgroupParent of the node */
export async function criFloor(
  socket: string,
  image: string,
  cgroupParent: string,
  count: number,
  together = false,
): Promise<CriSteps[]> {
  const cri = new CriClient(socket);
  const tag = `floor-${Date.now().toString(36)}`;
  const one = async (index: number): Promise<CriSteps> => {
    const uid = `${tag}-${index}`;
    const namespaceOptions = { network: 'POD', pid: 'CONTAINER', ipc: 'POD' } as const;
    const sandbox = {
      metadata: { name: uid, namespace: 'bench', uid, attempt: 0 },
      hostname: 'bench',
      logDirectory: `/tmp/${tag}`,
      dnsConfig: { servers: [], searches: [], options: [] },
      labels: {},
      annotations: {},
      linux: { cgroupParent, securityContext: { namespaceOptions } },
    };
    const at = [performance.now()];
    const sandboxId = await cri.runPodSandbox(sandbox);
    at.push(performance.now());
    const container = await cri.createContainer(
      sandboxId,
      {
        metadata: { name: 'c', attempt: 0 },
        image: { image },
        command: ['sleep', '3600'],
        envs: [],
        mounts: [],
        labels: {},
        annotations: {},
        logPath: `c-${index}.log`,
        linux: { resources: { memoryLimitInBytes: 16 << 20 }, securityContext: { namespaceOptions } },
      },
      sandbox,
    );
    at.push(performance.now());
    await cri.startContainer(container);
    at.push(performance.now());
    await cri.stopPodSandbox(sandboxId);
    await cri.removePodSandbox(sandboxId);
    return { sandbox: at[1]! - at[0]!, create: at[2]! - at[1]!, start: at[3]! - at[2]! };
  };
  try {
    if (together) return await Promise.all(Array.from({ length: count }, (_, index) => one(index)));
    const steps: CriSteps[] = [];
    for (let index = 0; index < count; index++) steps.push(await one(index));
    return steps;
  } finally {
    cri.close();
  }
}
