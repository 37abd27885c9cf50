import type { LogFileOptions } from './audit/log-file.ts';
import type { AuditWebhook } from './audit/webhook-batches.ts';
import type { TokenWebhookOptions } from './authn/token-webhook.ts';

/** Configuration file of the API server process. */
export interface ApiServerConfig {
  /** `postgres://user:password@host:port/database`, also with `?host=/socket/dir`. */
  databaseUrl: string;
  /** Port 0: any free port. */
  listen: { host: string; port: number };
  /** Where pods and nodes reach it: the endpoint of the service `kubernetes`. */
  advertise?: { host: string; port: number };
  /** apiserver.config.k8s.io/v1 EncryptionConfiguration. Without it everything is stored as it is. */
  encryptionConfigFile?: string;
  /** Cluster CA, serving certificate, service-account key; made when missing. */
  pkiDir: string;
  serviceCidr: string;
  /** Addresses of pods, for machines that join. */
  clusterCidr?: string;
  /** Inclusive. Default 30000-32767. */
  nodePortRange?: [number, number];
  /** Default `cluster.local`. */
  clusterDomain?: string;
  /** kube-apiserver's CSV: `token,user,uid,"group1,group2"`. */
  tokensFile?: string;
  /** `iss` of service-account tokens and their audience here. Default `https://kubernetes.default.svc.<clusterDomain>`. */
  serviceAccountIssuer?: string;
  /** How often the nodes' use of CPU and memory is read for metrics.k8s.io. Default 15. */
  metricsResolutionSeconds?: number;
  /** Reads and writes that are answered at a time; together they are the seats of priority and fairness. Default 400 and 200. */
  maxRequestsInflight?: number;
  maxMutatingRequestsInflight?: number;
  /** How often the server's lease is renewed, and how long the others wait for it. Default 10 and 15 seconds. */
  serverLeases?: { renewMs: number; deadMs: number };
  /** Where audit events go, one JSON line each; `-` is standard output. A path alone has the defaults of kube-apiserver. */
  auditLog?: string | LogFileOptions;
  auditWebhook?: AuditWebhook;
  /** audit.k8s.io/v1 Policy. Without it nothing is recorded. */
  auditPolicyFile?: string;
  /** Default false: requests without credentials get 401, but on the health paths, /version and for ConfigMap kube-public/cluster-info. */
  anonymous?: boolean;
  /** apiserver.config.k8s.io/v1 AuthenticationConfiguration. What it says of anonymous requests holds instead of `anonymous`. */
  authenticationConfigFile?: string;
  /** apiserver.config.k8s.io/v1 AuthorizationConfiguration. Without it the node authorizer and RBAC decide. */
  authorizationConfigFile?: string;
  /** Whom to ask about bearer tokens that nothing here knows. */
  tokenWebhook?: TokenWebhookOptions;
}
