/** The least that a kind's validation takes, by `group/version plural`; without kind, apiVersion and metadata. */
interface Minimal {
  /** Default `verbs-a` and so on: what the kind's name rule asks for otherwise. */
  name?(letter: string): string;
  body?(name: string): object;
  /** true: loops of the API server itself complete new objects (names accepted, references found). */
  completed?: boolean;
}

const labels = { app: 'verbs' };
const podSpec = { containers: [{ name: 'c', image: 'i' }] };
const template = { metadata: { labels }, spec: podSpec };
const workload = { selector: { matchLabels: labels }, template };
const jobSpec = { template: { spec: { ...podSpec, restartPolicy: 'Never' } } };
/** Matches nothing, so that a policy or webhook that a spec makes does not judge other requests. */
const matchConstraints = {
  namespaceSelector: { matchLabels: { none: 'verbs' } },
  resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }],
};
const scaleTarget = { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' } };
const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' };
const CSR =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIZE1JR0RBZ0VBTUNFeEVUQVBCZ05WQkFNTUNIUmxjM1IxYzJWeU1Rd3dDZ1lEVlFRS0RBTm5jbkF3V1RBVApCZ2NxaGtqT1BRSUJCZ2dxaGtqT1BRTUJCd05DQUFTVjlmWlBNMFF1NU5UUEMvNzNWUkMzUjRLMXU2bGhQZjRjCkFvQUhIeGpGNWVLTThDc1NHOUFUQklwMGpYZFB6MEVFV25teUhGa1VheDBWS0xkZ1lyY1ZvQUF3Q2dZSUtvWkkKemowRUF3SURTUUF3UmdJaEFKVEpjVTdsenV5a2doUjRxV2hzSDd3RkJwTDhiZGQvYkVELytObWczVG9OQWlFQQpxSW5aYUNNOXVWU3BULzZScFprZ0hDdEQxanlqb3FWMXUyQ29HdXNlWlhvPQotLS0tLUVORCBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0K';
const clientConfig = { url: 'https://127.0.0.1:1/' };

export const minimalObjects: Record<string, Minimal> = {
  'v1 configmaps': {},
  'v1 endpoints': {},
  'v1 events': {
    body: () => ({ involvedObject: { kind: 'Pod', namespace: 'default', name: 'x' }, reason: 'R', type: 'Normal' }),
  },
  'v1 limitranges': { body: () => ({ spec: { limits: [{ type: 'Container', max: { memory: '1Gi' } }] } }) },
  'v1 namespaces': {},
  'v1 nodes': {},
  'v1 persistentvolumeclaims': {
    body: () => ({ spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }),
  },
  'v1 persistentvolumes': {
    body: () => ({ spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/x' } } }),
  },
  'v1 pods': { body: () => ({ spec: podSpec }) },
  'v1 podtemplates': { body: () => ({ template }) },
  'v1 replicationcontrollers': { body: () => ({ spec: { selector: labels, template } }) },
  'v1 resourcequotas': { body: () => ({ spec: { hard: { 'count/things.example.com': '5' } } }) },
  'v1 secrets': {},
  'v1 serviceaccounts': {},
  'v1 services': { body: () => ({ spec: { ports: [{ port: 80 }] } }) },
  'admissionregistration.k8s.io/v1 mutatingadmissionpolicies': {
    body: () => ({
      spec: {
        matchConstraints,
        reinvocationPolicy: 'Never',
        mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression: 'Object{}' } }],
      },
    }),
  },
  'admissionregistration.k8s.io/v1 mutatingadmissionpolicybindings': { body: () => ({ spec: { policyName: 'none' } }) },
  'admissionregistration.k8s.io/v1 mutatingwebhookconfigurations': {
    body: () => ({
      webhooks: [{ name: 'a.example.com', admissionReviewVersions: ['v1'], sideEffects: 'None', clientConfig, rules: [] }],
    }),
  },
  'admissionregistration.k8s.io/v1 validatingadmissionpolicies': {
    body: () => ({ spec: { matchConstraints, validations: [{ expression: 'true' }] } }),
  },
  'admissionregistration.k8s.io/v1 validatingadmissionpolicybindings': {
    body: () => ({ spec: { policyName: 'none', validationActions: ['Deny'] } }),
  },
  'admissionregistration.k8s.io/v1 validatingwebhookconfigurations': {
    body: () => ({
      webhooks: [{ name: 'a.example.com', admissionReviewVersions: ['v1'], sideEffects: 'None', clientConfig, rules: [] }],
    }),
  },
  'apiextensions.k8s.io/v1 customresourcedefinitions': {
    completed: true,
    name: (letter) => `things.${letter}.example.com`,
    body: (name) => ({
      spec: {
        group: name.slice(name.indexOf('.') + 1),
        scope: 'Namespaced',
        names: { plural: 'things', kind: 'Thing' },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
      },
    }),
  },
  'apiregistration.k8s.io/v1 apiservices': {
    completed: true,
    name: (letter) => `v1.${letter}.example.org`,
    body: (name) => ({
      spec: {
        group: name.slice('v1.'.length),
        version: 'v1',
        groupPriorityMinimum: 100,
        versionPriority: 10,
        insecureSkipTLSVerify: true,
        service: { namespace: 'default', name: 'none' },
      },
    }),
  },
  'apps/v1 controllerrevisions': { body: () => ({ revision: 1, data: { a: 1 } }) },
  'apps/v1 daemonsets': { body: () => ({ spec: workload }) },
  'apps/v1 deployments': { body: () => ({ spec: workload }) },
  'apps/v1 replicasets': { body: () => ({ spec: workload }) },
  'apps/v1 statefulsets': { body: () => ({ spec: { ...workload, serviceName: 's' } }) },
  'autoscaling/v1 horizontalpodautoscalers': { body: () => ({ spec: scaleTarget }) },
  'autoscaling/v2 horizontalpodautoscalers': { body: () => ({ spec: scaleTarget }) },
  'batch/v1 cronjobs': { body: () => ({ spec: { schedule: '*/5 * * * *', jobTemplate: { spec: jobSpec } } }) },
  'batch/v1 jobs': { body: () => ({ spec: jobSpec }) },
  'certificates.k8s.io/v1 certificatesigningrequests': {
    body: () => ({ spec: { request: CSR, signerName: 'example.com/s', usages: ['client auth'] } }),
  },
  'coordination.k8s.io/v1 leases': {},
  'discovery.k8s.io/v1 endpointslices': { body: () => ({ addressType: 'IPv4', endpoints: [] }) },
  'events.k8s.io/v1 events': {
    body: () => ({
      eventTime: '2024-01-01T00:00:00.000000Z',
      action: 'a',
      reason: 'R',
      type: 'Normal',
      reportingController: 'example.com/c',
      reportingInstance: 'i',
      regarding: { kind: 'Pod', namespace: 'default', name: 'x' },
    }),
  },
  'flowcontrol.apiserver.k8s.io/v1 flowschemas': {
    completed: true,
    body: () => ({ spec: { priorityLevelConfiguration: { name: 'workload-low' } } }),
  },
  'flowcontrol.apiserver.k8s.io/v1 prioritylevelconfigurations': {
    completed: true,
    body: () => ({ spec: { type: 'Limited', limited: { nominalConcurrencyShares: 1, limitResponse: { type: 'Reject' } } } }),
  },
  'networking.k8s.io/v1 ingressclasses': { body: () => ({ spec: { controller: 'a.b/c' } }) },
  'networking.k8s.io/v1 ingresses': {
    body: () => ({ spec: { defaultBackend: { service: { name: 's', port: { number: 80 } } } } }),
  },
  'networking.k8s.io/v1 ipaddresses': {
    name: (letter) => `192.0.2.${letter.charCodeAt(0)}`,
    body: () => ({ spec: { parentRef: { group: 'example.com', resource: 'things', name: 'x', namespace: 'default' } } }),
  },
  'networking.k8s.io/v1 networkpolicies': { body: () => ({ spec: { podSelector: {} } }) },
  'networking.k8s.io/v1 servicecidrs': { completed: true, body: () => ({ spec: { cidrs: ['192.168.77.0/24'] } }) },
  'node.k8s.io/v1 runtimeclasses': { body: () => ({ handler: 'h' }) },
  'policy/v1 poddisruptionbudgets': { body: () => ({ spec: { minAvailable: 1, selector: { matchLabels: labels } } }) },
  'rbac.authorization.k8s.io/v1 clusterrolebindings': { body: () => ({ roleRef }) },
  'rbac.authorization.k8s.io/v1 clusterroles': { body: () => ({ rules: [] }) },
  'rbac.authorization.k8s.io/v1 rolebindings': { body: () => ({ roleRef }) },
  'rbac.authorization.k8s.io/v1 roles': { body: () => ({ rules: [] }) },
  'resource.k8s.io/v1 deviceclasses': { body: () => ({ spec: {} }) },
  'resource.k8s.io/v1 resourceclaims': { body: () => ({ spec: {} }) },
  'resource.k8s.io/v1 resourceclaimtemplates': { body: () => ({ spec: { spec: {} } }) },
  'resource.k8s.io/v1 resourceslices': {
    body: () => ({
      spec: { driver: 'd.example.com', nodeName: 'n', pool: { name: 'p', generation: 1, resourceSliceCount: 1 }, devices: [] },
    }),
  },
  'scheduling.k8s.io/v1 priorityclasses': { body: () => ({ value: 5 }) },
  'storage.k8s.io/v1 csidrivers': { body: () => ({ spec: {} }) },
  'storage.k8s.io/v1 csinodes': { body: () => ({ spec: { drivers: [] } }) },
  'storage.k8s.io/v1 csistoragecapacities': { body: () => ({ storageClassName: 'sc', capacity: '1Gi' }) },
  'storage.k8s.io/v1 storageclasses': { body: () => ({ provisioner: 'a.b/c' }) },
  'storage.k8s.io/v1 volumeattachments': {
    body: () => ({ spec: { attacher: 'a.b', nodeName: 'n', source: { persistentVolumeName: 'x' } } }),
  },
  'storage.k8s.io/v1 volumeattributesclasses': { body: () => ({ driverName: 'd.example.com', parameters: { a: 'b' } }) },
};
