/** A pod body of about 4 KB, as real ones are. */
export function podBody(name: string, namespace: string): string {
  const env = Array.from({ length: 24 }, (_, i) => ({ name: `SETTING_${i}`, value: `${'value-'.repeat(12)}${i}` }));
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: { app: 'bench', tier: `t${name.length % 3}` }, annotations: { note: 'x'.repeat(200) } },
    spec: {
      automountServiceAccountToken: false,
      containers: [
        {
          name: 'app',
          image: 'windlass.dev/hello:1',
          env,
          ports: [{ containerPort: 8080 }],
          resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '100m', memory: '32Mi' } },
        },
      ],
    },
  });
}
