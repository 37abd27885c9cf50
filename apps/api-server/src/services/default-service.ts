import { setTimeout as delay } from 'node:timers/promises';
import { type AnyObject, cidrAddress, parseCidr, StatusError } from '@windlass/meta';
import { ensureObject } from '../bootstrap/ensure.ts';
import type { Foundation } from '../start-api-server.ts';
import type { Owner } from './claims.ts';

const NAMESPACE = 'default';
const NAME = 'kubernetes';
const RETRY_MS = 100;
const LEAKED_AFTER_MS = 5_000;
const GIVE_UP_AFTER_MS = 15_000;

const CONDITION = { type: 'Ready', status: 'True', reason: '', message: 'Kubernetes default Service CIDR is ready' };

/** @param release gives an address back if it is the owner's */
type Release = (ip: string, owner: Owner) => Promise<void>;

/** The ServiceCIDR and the service `kubernetes`, before any other service may take the first address. */
export async function ensureDefaultService({ config, reader, writer }: Foundation, release: Release): Promise<void> {
  const bootstrap = { reader, writer };
  const lastTransitionTime = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  await ensureObject(bootstrap, 'networking.k8s.io', 'servicecidrs', {
    metadata: { name: 'kubernetes' },
    spec: { cidrs: [config.serviceCidr] },
  } as unknown as AnyObject);
  const ready = (cidr: AnyObject) =>
    cidr.status?.conditions?.length ? undefined : { ...cidr, status: { conditions: [{ ...CONDITION, lastTransitionTime }] } };
  await writer.modify('networking.k8s.io', 'servicecidrs', '', 'kubernetes', ready, 'status');
  await reader.getFresh('networking.k8s.io', 'servicecidrs', '', 'kubernetes');
  const clusterIP = cidrAddress(parseCidr(config.serviceCidr)!, 1);
  const service = {
    metadata: { name: NAME, namespace: NAMESPACE, labels: { component: 'apiserver', provider: 'kubernetes' } },
    spec: {
      type: 'ClusterIP',
      sessionAffinity: 'None',
      clusterIP,
      clusterIPs: [clusterIP],
      ipFamilies: [clusterIP.includes(':') ? 'IPv6' : 'IPv4'],
      ipFamilyPolicy: 'SingleStack',
      internalTrafficPolicy: 'Cluster',
      ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: config.advertise?.port || config.listen.port || 443 }],
    },
  } as unknown as AnyObject;
  await whenAddressIsFree(
    async () => {
      if (!(await reader.getFresh('', 'services', NAMESPACE, NAME))) await ensureObject(bootstrap, '', 'services', service);
    },
    () => release(clusterIP, { namespace: NAMESPACE, name: NAME, uid: '' }),
  );
}

/**
 * An address is claimed before its service is stored, so a server that starts at the same moment may find it taken and no service yet. A
 * claim that stays so for seconds was left by a crash.
 */
async function whenAddressIsFree(create: () => Promise<void>, release: () => Promise<void>): Promise<void> {
  const started = Date.now();
  let released = false;
  for (;;) {
    try {
      return await create();
    } catch (error) {
      const waited = Date.now() - started;
      if (!(error instanceof StatusError) || error.reason !== 'Invalid' || waited > GIVE_UP_AFTER_MS) throw error;
      if (!released && waited > LEAKED_AFTER_MS) {
        released = true;
        await release();
      }
    }
    await delay(RETRY_MS);
  }
}
