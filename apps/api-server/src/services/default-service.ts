import { type AnyObject, cidrAddress, parseCidr } from '@windlass/meta';
import { ensureObject } from '../bootstrap/ensure.ts';
import type { Foundation } from '../start-api-server.ts';

const CONDITION = { type: 'Ready', status: 'True', reason: '', message: 'Kubernetes default Service CIDR is ready' };

/** The ServiceCIDR and the service `kubernetes`, before any other service may take the first address. */
export async function ensureDefaultService({ config, reader, writer }: Foundation): Promise<void> {
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
  await ensureObject(bootstrap, '', 'services', {
    metadata: { name: 'kubernetes', namespace: 'default', labels: { component: 'apiserver', provider: 'kubernetes' } },
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
  } as unknown as AnyObject);
}
