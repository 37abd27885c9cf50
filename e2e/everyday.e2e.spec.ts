import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { eventually } from './lib/eventually.ts';
import { fixture } from './lib/fixture.ts';
import { freePort } from './lib/free-port.ts';
import { dropNamespace, kubectl, kubectlProcess, makeNamespace, tryKubectl } from './lib/kubectl.ts';

/** The kubectl of the PATH, or those that WINDLASS_KUBECTLS lists, separated by `:`; each is taken through the same commands. */
const programs = process.env.WINDLASS_KUBECTLS?.split(':') ?? [fixture().kubectl];
const BUSYBOX = 'windlass.dev/busybox:1';
const HELLO = 'windlass.dev/hello:1';

const manifest = (text = 'one', replicas = 1): string => `
apiVersion: v1
kind: ConfigMap
metadata: { name: settings, labels: { part: settings } }
data: { text: ${text} }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, labels: { part: web } }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - { name: web, image: "${HELLO}", ports: [{ containerPort: 8080 }], readinessProbe: { httpGet: { path: /, port: 8080 }, periodSeconds: 1 } }
`;

const WIDGETS = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.everyday.example.com }
spec:
  group: everyday.example.com
  scope: Namespaced
  names: { plural: widgets, kind: Widget }
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec: { type: object, properties: { size: { type: integer, description: How large it is } } }
`;
const widget = (field: string): string => `
apiVersion: everyday.example.com/v1
kind: Widget
metadata: { name: w }
spec: { ${field}: 3 }
`;

const getOverSocket = (socketPath: string, path: string): Promise<string> =>
  new Promise((resolve, reject) => {
    get({ socketPath, path }, (response) => void text(response).then(resolve, reject)).on('error', reject);
  });

describe.each(programs)('everyday commands with %s', (program) => {
  let ns: string;
  let directory: string;
  const line = (text: string): string[] => text.split(' ').filter(Boolean);
  const k = (text: string, input?: string, more: string[] = []) =>
    kubectl(['-n', ns, ...line(text), ...more], input, undefined, program);
  const refused = async (text: string, input?: string) => {
    const outcome = await tryKubectl(['-n', ns, ...line(text)], input, undefined, program);
    expect(outcome.code).not.toBe(0);
    return outcome;
  };
  const children: ReturnType<typeof kubectlProcess>[] = [];
  const start = (text: string) => {
    const child = kubectlProcess(['-n', ns, ...line(text)], program);
    children.push(child);
    return child;
  };
  const file = (name: string, text: string): string => {
    const at = path.join(directory, name);
    writeFileSync(at, text);
    return at;
  };

  beforeAll(async () => {
    ns = await makeNamespace('everyday');
    directory = mkdtempSync(path.join(tmpdir(), 'windlass-everyday-'));
    await eventually(() => k('get serviceaccount default -o name'));
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill();
  });
  afterAll(async () => {
    await dropNamespace(ns);
    rmSync(directory, { recursive: true, force: true });
  });

  test('create of every generator', async () => {
    const key = file('key.txt', 'from a file');
    const created = [
      [`create configmap c --from-literal=a=b --from-file=k=${key}`, 'configmap/c created'],
      ['create secret generic s --from-literal=a=b', 'secret/s created'],
      [
        'create secret docker-registry pull --docker-username=u --docker-password=p --docker-server=r.example.com',
        'secret/pull created',
      ],
      ['create serviceaccount robot', 'serviceaccount/robot created'],
      ['create role reader --verb=get,list --resource=pods,deployments.apps', 'role.rbac.authorization.k8s.io/reader created'],
      [
        'create rolebinding reads --role=reader --serviceaccount=default:robot',
        'rolebinding.rbac.authorization.k8s.io/reads created',
      ],
      ['create quota q --hard=count/things.example.com=3', 'resourcequota/q created'],
      ['create service clusterip svc --tcp=80:8080', 'service/svc created'],
      ['create service nodeport np --tcp=80', 'service/np created'],
      ['create service externalname en --external-name example.com', 'service/en created'],
      ['create ingress in --rule=a.example.com/*=svc:80', 'ingress.networking.k8s.io/in created'],
      ['create poddisruptionbudget pdb --selector=app=none --min-available=1', 'poddisruptionbudget.policy/pdb created'],
      ['create cronjob cj --image=x --schedule=@daily', 'cronjob.batch/cj created'],
      [`create job once --image=${BUSYBOX} -- true`, 'job.batch/once created'],
      ['create job from --from=cronjob/cj --dry-run=server', 'job.batch/from created (server dry run)'],
      ['create deployment d --image=x --replicas=0', 'deployment.apps/d created'],
      ['create priorityclass pc --value=5 --dry-run=server', 'priorityclass.scheduling.k8s.io/pc created (server dry run)'],
      [
        'create clusterrole cr --verb=get --resource=nodes --dry-run=server',
        'clusterrole.rbac.authorization.k8s.io/cr created (server dry run)',
      ],
      ['create namespace other --dry-run=server', 'namespace/other created (server dry run)'],
    ] as const;
    for (const [command, answer] of created) expect((await k(command)).trim()).toBe(answer);
    expect(await k('create token robot --duration=1h')).toMatch(/^ey[\w-]+\.[\w-]+\.[\w-]+/);
    expect((await refused('create configmap c')).stderr).toMatch('configmaps "c" already exists');
    expect((await refused('create quota bad --hard=cpu=x')).stderr).toMatch(/quantit/);
    await k('wait --for=condition=complete job/once --timeout=40s');
  });

  test('apply on the client and the server, diff, edit, patch, replace, prune', async () => {
    expect(await k('apply -f -', manifest())).toMatch(/configmap\/settings created\ndeployment.apps\/web created/);
    expect((await refused('diff -f -', manifest('two'))).stdout).toMatch(/- {2}text: one\n\+ {2}text: two/);
    expect(await k('diff -f -', manifest())).toBe('');
    expect(await k('apply --server-side -f -', manifest('two'))).toMatch('configmap/settings serverside-applied');
    const other = ['--field-manager=other'];
    const conflict = await tryKubectl(
      ['-n', ns, 'apply', '--server-side', '-f', '-', ...other],
      manifest('three'),
      undefined,
      program,
    );
    expect(conflict.stderr).toMatch(/conflict with "kubectl".*: \.data\.text/);
    await k('apply --server-side --force-conflicts -f -', manifest('three'), other);
    expect(await k('get cm settings --show-managed-fields -o jsonpath={.metadata.managedFields[*].manager}')).toMatch('other');
    const editor = file('editor.sh', '#!/bin/sh\nsed -i s/three/four/ "$1"\n');
    process.env.KUBE_EDITOR = `sh ${editor}`;
    expect(await k('edit configmap settings')).toMatch('configmap/settings edited');
    expect(await k('get cm settings -o jsonpath={.data.text}')).toBe('four');
    await k('patch deployment web --subresource=scale --type=merge -p {"spec":{"replicas":2}}');
    await k('patch deployment web --subresource=status --type=merge -p {"status":{"observedGeneration":1}}');
    expect(await k('get deployment web -o jsonpath={.spec.replicas}')).toBe('2');
    expect(await k('replace --force -f -', manifest('five').split('---')[0])).toMatch('configmap/settings replaced');
    expect(await k('apply view-last-applied deployment/web')).toMatch('kind: Deployment');
    // Pruned is only what apply made; replace --force left no trace of it.
    await k('apply -f -', manifest('five').split('---')[0]);
    const kept = manifest('six').replace('name: settings', 'name: kept');
    expect(await k('apply --prune -l part=settings --prune-allowlist=core/v1/ConfigMap -f -', kept)).toMatch(
      'configmap/settings pruned',
    );
    expect((await refused('create -f - --validate=strict', manifest().replace('\ndata:', '\ndota:'))).stderr).toMatch(
      'unknown field "dota"',
    );
    file('base.yaml', manifest('seven'));
    file(
      'kustomization.yaml',
      'resources: [base.yaml]\nnamePrefix: kust-\nimages: [{ name: windlass.dev/hello, newTag: "1" }]\n',
    );
    expect(await k(`kustomize ${directory}`)).toMatch('name: kust-web');
    expect(await k(`apply -k ${directory}`)).toMatch('configmap/kust-settings created');
    await k(`delete -k ${directory} --wait=false`);
  });

  test('label, annotate, get in every form', async () => {
    expect(await k('label configmaps -l part=settings team=a')).toMatch('configmap/kept labeled');
    expect((await refused('label configmaps kept team=b')).stderr).toMatch('already has a value');
    await k('label --overwrite configmaps kept team=b');
    await k('annotate configmaps --all note=x');
    expect(await k('get configmaps -l team=b,part!=web -o name')).toBe('configmap/kept\n');
    expect(
      await k('get cm -l', undefined, ['team in (a, b)', '-o', 'custom-columns=N:.metadata.name,T:.metadata.labels.team']),
    ).toMatch(/^N +T\nkept +b\n$/);
    expect(await k('get cm kept -o', undefined, ['go-template={{range $k, $v := .data}}{{$k}}={{$v}}{{end}}'])).toBe('text=six');
    expect(await k('get cm --chunk-size=1 --sort-by=.metadata.name -o name')).toMatch(
      /configmap\/c\nconfigmap\/kept\nconfigmap\/kube-root-ca.crt/,
    );
    expect(await k('get cm --field-selector metadata.name=kept -L team --show-labels')).toMatch(
      /kept +1 +\d+s +b +part=settings,team=b/,
    );
    expect(await k('get all,cm,secrets,roles,pdb,ing,quota')).toMatch(/deployment.apps\/web +2\/|deployment.apps\/web/);
    expect(await k(`get --raw /api/v1/namespaces/${ns}/configmaps/kept`)).toMatch(/^\{"kind":"ConfigMap"/);
    expect(await k('get deploy web -o wide')).toMatch(/CONTAINERS +IMAGES +SELECTOR/);
    expect(await k('describe cm kept')).toMatch(/Name: +kept/);
  });

  test('discovery, explanations, who may do what', async () => {
    expect(await k('api-resources --namespaced --verbs=list -o name')).toMatch(/^deployments\.apps$/m);
    expect(await k('api-resources --api-group=batch --no-headers')).toMatch(/cronjobs +cj +batch\/v1 +true +CronJob/);
    expect(await k('api-versions')).toMatch(/^networking\.k8s\.io\/v1$/m);
    expect(await k('explain deployment.spec --recursive')).toMatch(/topologySpreadConstraints/);
    expect(await k('explain pod.spec.containers.livenessProbe.httpGet')).toMatch(
      /port\s+<IntOrString> -required-|port\s+<string> -required-/,
    );
    await k('apply -f -', WIDGETS);
    await eventually(async () =>
      /size\s+<integer>/.test((await tryKubectl(['explain', 'widgets.spec'], undefined, undefined, program)).stdout),
    );
    expect(await k('explain widgets.spec.size')).toMatch(/How large it is/);
    expect((await refused('apply -f -', widget('sizes'))).stderr).toMatch(/unknown field "spec.sizes"/);
    expect(await k('apply -f -', widget('size'))).toMatch('created');
    await k('delete crd widgets.everyday.example.com');
    expect(await k('version -o json')).toMatch(/"serverVersion"/);
    expect(await k('cluster-info')).toMatch(/is running at/);
    expect(await k('auth can-i --list')).toMatch(/\*\.\* +\[\] +\[\] +\[\*\]/);
    expect(await k('auth can-i list pods --as=system:serviceaccount:default:robot')).toBe('yes\n');
    expect((await refused('auth can-i delete pods --as=system:serviceaccount:default:robot')).stdout).toBe('no\n');
    // Alpha before 1.28.
    const whoami = await tryKubectl(['auth', 'whoami'], undefined, undefined, program);
    if (whoami.code === 0) expect(whoami.stdout).toMatch(/Username/);
    else expect(program).toMatch(/1\.27$/);
  });

  test('rollouts, sets, autoscale, expose, wait', async () => {
    await k('rollout status deployment/web --timeout=60s');
    await k(`set image deployment/web web=${BUSYBOX}`);
    await k('rollout undo deployment/web');
    await k('rollout pause deployment/web');
    await k('set env deployment/web A=1');
    await k('set resources deployment/web -c web --limits=memory=64Mi');
    await k('set serviceaccount deployment/web robot');
    expect(await k('set env deployment/web --list')).toMatch('A=1');
    await k('rollout resume deployment/web');
    await k('rollout status deployment/web --timeout=60s');
    expect((await k('rollout history deployment/web')).match(/^\d+ /gm)!.length).toBeGreaterThanOrEqual(2);
    expect(await k('rollout history deployment/web --revision=2')).toMatch(BUSYBOX);
    await k('rollout restart deployment/web');
    await k('rollout status deployment/web --timeout=60s');
    expect(await k('autoscale deployment web --min=1 --max=2 --cpu-percent=80')).toMatch('autoscaled');
    expect(await k('expose deployment web --port=80 --target-port=8080')).toMatch('service/web exposed');
    await k('wait --for=condition=Available deployment/web --timeout=40s');
    await k('wait --for=jsonpath={.status.readyReplicas}=2 deployment/web --timeout=40s');
    expect(await k('events --for deployment/web')).toMatch('ScalingReplicaSet');
    expect(await k('get events --field-selector involvedObject.name=web,type=Normal -o name')).toMatch('event/web.');
    await k('delete hpa web');
    const waiting = k('wait --for=delete configmap/c --timeout=20s');
    await k('delete configmap c');
    await waiting;
  });

  test('a replication controller is made, scaled and deleted', async () => {
    await k(
      'create -f -',
      `
apiVersion: v1
kind: ReplicationController
metadata: { name: update-demo }
spec:
  replicas: 1
  selector: { name: update-demo }
  template:
    metadata: { labels: { name: update-demo } }
    spec:
      terminationGracePeriodSeconds: 0
      containers: [{ name: update-demo, image: "${HELLO}", ports: [{ containerPort: 8080 }] }]
`,
    );
    const running = (count: number) =>
      eventually(
        async () =>
          (await k('get pods -l name=update-demo --field-selector status.phase=Running -o name')).split('pod/').length ===
          count + 1,
      );
    await running(1);
    await k('scale rc update-demo --replicas=2 --timeout=60s');
    await running(2);
    await k('scale rc update-demo --current-replicas=2 --replicas=1 --timeout=60s');
    await running(1);
    expect(await k('describe rc update-demo')).toMatch(/Replicas:\s+1 current \/ 1 desired/);
    await k('delete rc update-demo');
    await running(0);
  });

  test('run, logs, exec with a terminal, attach, cp', async () => {
    const pod = (await k('get pods -l app=web -o jsonpath={.items[0].metadata.name}')).trim();
    expect(await k(`run shell -i --rm --restart=Never --image=${BUSYBOX} -- cat`, 'said\n')).toMatch(/said/);
    expect(await k(`logs ${pod} --tail=1 --timestamps --since=1h`)).toMatch(/^\d{4}-\d\d-\d\dT\S+ /);
    expect(await k('logs -l app=web --all-containers --prefix --tail=1')).toMatch(/^\[pod\/web-\S+\/web\] /m);
    expect((await refused(`logs ${pod} -p`)).stderr).toMatch(/previous terminated container/);
    expect(await k(`exec ${pod} -- cat /etc/hostname`)).toBe(`${pod}\n`);
    const attached = 'i=0; while read line; do echo got $line; done';
    await k(`run talk --restart=Never --image=${BUSYBOX} -i --stdin --command --attach=false -- sh -c`, undefined, [attached]);
    await k('wait --for=condition=Ready pod/talk --timeout=40s');
    const attach = start('attach -i talk');
    await eventually(() => {
      attach.stdin!.write('ping\n');
      return /got ping/.test(attach.output());
    });
    const shown = path.join(directory, 'typescript');
    // A change of the size is what counts here: the first size may come before the terminal is there.
    const inside =
      'echo started: $((1+1)); until [ "$(stty size 2>/dev/null)" = "21 77" ]; do sleep 0.1; done; echo saw: $(stty size)';
    const terminal = [
      'stty cols 101 rows 31',
      `(until grep -aq 'started: 2' ${shown}; do sleep 0.1; done; stty cols 77 rows 21 </dev/tty) & ${program} --kubeconfig ${fixture().kubeconfig} -n ${ns} exec -it ${pod} -- sh -c '${inside}'`,
    ].join('; ');
    const output = await new Promise<string>((resolve) => {
      const child = execFile('script', ['-qefc', terminal, shown], { env: process.env, timeout: 25_000 }, (_, stdout) =>
        resolve(stdout),
      );
      child.stdin?.end();
    });
    expect(output.replaceAll('\r', '')).toMatch(/started: 2\n[^\n]*saw: 21 77\n/);
    const source = file('up.txt', 'carried\n');
    await k(`cp ${source} ${pod}:/tmp/up.txt`);
    await k(`cp ${pod}:/tmp/up.txt ${path.join(directory, 'down.txt')}`);
    expect(readFileSync(path.join(directory, 'down.txt'), 'utf8')).toBe('carried\n');
    await k('delete pod talk --now');
  }, 120_000);

  test('port-forward, proxy, debug, top', async () => {
    const pod = (await k('get pods -l app=web -o jsonpath={.items[0].metadata.name}')).trim();
    const [forwarded, proxied] = [await freePort(), await freePort()];
    start(`port-forward service/web ${forwarded}:80`);
    start(`proxy --port=${proxied}`);
    await eventually(async () => /Hello from/.test(await (await fetch(`http://127.0.0.1:${forwarded}/cgi-bin/hello`)).text()));
    await eventually(async () =>
      (await (await fetch(`http://127.0.0.1:${proxied}/api/v1/namespaces/${ns}`)).text()).includes(ns),
    );
    const anywhere = start('proxy --port=0');
    const port = await eventually(() => /^Starting to serve on 127\.0\.0\.1:(\d+)/m.exec(anywhere.output())?.[1]);
    expect(await (await fetch(`http://127.0.0.1:${port}/api`)).json()).toMatchObject({ kind: 'APIVersions' });
    const socket = path.join(directory, 'proxy.sock');
    start(`proxy --unix-socket=${socket}`);
    await eventually(async () => (await getOverSocket(socket, '/api')).includes('APIVersions'));
    await k(`debug ${pod} --image=${BUSYBOX} --target=web -c dbg -- sleep 60`);
    await eventually(async () =>
      (await k(`get pod ${pod} -o jsonpath={.status.ephemeralContainerStatuses[0].state.running.startedAt}`)).startsWith('20'),
    );
    expect(await k(`exec ${pod} -c dbg -- echo inside`)).toBe('inside\n');
    const node = fixture().nodes[0]!;
    expect(await k(`debug node/${node} --image=${BUSYBOX} -- ls /host`)).toMatch(/node-debugger/);
    await eventually(
      async () =>
        /etc/.test(await k('logs -l app.kubernetes.io/managed-by=kubectl-debug --tail=-1')) || /etc/.test(await nodeDebugLogs()),
    );
    await eventually(async () => (await k('top pods --no-headers')).includes('web-'), 40);
    expect(await k('top nodes')).toMatch(node);

    async function nodeDebugLogs(): Promise<string> {
      const names = (await k('get pods -o name')).split('\n').filter((name) => name.includes('node-debugger'));
      return (await Promise.all(names.map((name) => k(`logs ${name}`)))).join();
    }
  }, 90_000);

  test('taint, cordon, drain', async () => {
    const node = fixture().nodes.at(-1)!;
    expect(await k(`taint nodes ${node} everyday=yes:PreferNoSchedule`)).toMatch('tainted');
    expect(await k(`taint nodes ${node} everyday-`)).toMatch('untainted');
    expect(await k(`cordon ${node}`)).toMatch('cordoned');
    expect(await k(`get node ${node}`)).toMatch('SchedulingDisabled');
    expect(await k(`drain ${node} --ignore-daemonsets --delete-emptydir-data --dry-run=server`)).toMatch('drained');
    expect(await k(`uncordon ${node}`)).toMatch('uncordoned');
  });
});
