import { readFileSync } from 'node:fs';
import { NODE_BOOTSTRAPPERS } from '@windlass/resources';
import { Command, InvalidArgumentError } from 'commander';
import { readKubeletSettings } from './cluster/kubelet-settings.ts';
import { defaults } from './cluster/options.ts';
import { clusterPaths } from './cluster/paths.ts';
import { savedOptions, saveOptions } from './cluster/state.ts';
import { agent } from './commands/agent.ts';
import { down } from './commands/down.ts';
import { loadImage } from './commands/image.ts';
import { status } from './commands/status.ts';
import { supervise } from './commands/supervise.ts';
import { createToken, deleteTokens, listTokens } from './commands/token.ts';
import { up } from './commands/up.ts';

const say = (line: string) => void process.stdout.write(`${line}\n`);
const integer = (text: string): number => {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('want a whole number');
  return Number(text);
};
const collect = (value: string, earlier: string[]): string[] => [...earlier, value];
const jsonFile = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
};

const program = new Command('windlass').description('A serverless cloud control plane with a Kubernetes API');
const stateDir = [
  '--state-dir <dir>',
  'where everything of the cluster lies',
  process.env.WINDLASS_STATE_DIR ?? defaults.stateDir,
] as const;

program
  .command('up')
  .description('bring up a cluster on this machine')
  .option(...stateDir)
  .option('--name <name>', 'name of the cluster', defaults.name)
  .option('--nodes <count>', 'number of nodes', integer, defaults.nodes)
  .option('--port <port>', 'HTTPS port of the API server', integer, defaults.apiPort)
  .option('--pod-cidr <cidr>', 'addresses of pods', defaults.podCidr)
  .option('--service-cidr <cidr>', 'addresses of services', defaults.serviceCidr)
  .option('--underlay-cidr <cidr>', 'addresses of nodes', defaults.underlayCidr)
  .option('--load-balancer-pool <range>', 'addresses of LoadBalancer services (default: a part of the underlay)')
  .option('--database-url <url>', 'external PostgreSQL', process.env.DATABASE_URL)
  .option('--redis-url <url>', 'external Redis', process.env.REDIS_URL)
  .option('--logging <file>', 'JSON file with the log drivers', jsonFile)
  .option('--kubelet-config <file>', 'KubeletConfiguration of the nodes, as far as they follow it')
  .option('-f, --filename <file>', 'apply a manifest once all nodes are Ready (repeatable)', collect, [])
  .option('--example', 'apply the example and wait until it answers', false)
  .action(async ({ port, example, filename, kubeletConfig, ...rest }) => {
    const saved = savedOptions(rest.stateDir);
    const kubelet = kubeletConfig === undefined ? saved?.kubelet : readKubeletSettings(kubeletConfig);
    await up({ ...defaults, ...saved, ...rest, kubelet, apiPort: port }, { example, files: filename }, say);
  });
program
  .command('down')
  .description('stop the cluster and remove every trace of it outside its state directory')
  .option(...stateDir)
  .option('--purge', 'delete the state directory too', false)
  .action(async ({ stateDir, purge }) => down(stateDir, purge, say));
program
  .command('status')
  .description('what runs')
  .option(...stateDir)
  .action(async ({ stateDir }) => {
    process.exitCode = await status(stateDir, say);
  });
program
  .command('server')
  .description('run the control plane alone, in the foreground')
  .option(...stateDir)
  .option('--name <name>', 'name of the cluster', defaults.name)
  .option('--port <port>', 'HTTPS port of the API server', integer, defaults.apiPort)
  .requiredOption('--advertise-host <host>', 'name or address under which nodes reach the API server')
  .option('--pod-cidr <cidr>', 'addresses of pods', defaults.podCidr)
  .option('--service-cidr <cidr>', 'addresses of services', defaults.serviceCidr)
  .option('--load-balancer-pool <range>', 'addresses of LoadBalancer services (default: none)')
  .option('--database-url <url>', 'external PostgreSQL', process.env.DATABASE_URL)
  .option('--redis-url <url>', 'external Redis', process.env.REDIS_URL)
  .action(async ({ port, ...rest }) => {
    await saveOptions({ ...defaults, ...rest, apiPort: port, nodes: 0 });
    await supervise(rest.stateDir);
  });
program
  .command('agent')
  .description('join this machine to a cluster as a node, and run it in the foreground')
  .option(...stateDir)
  .requiredOption('--server <url>', 'API server, https://HOST:PORT')
  .option('--token <token>', 'bootstrap token, for the first start', process.env.WINDLASS_TOKEN)
  .option('--ca-cert-hash <hash>', "sha256:HEX of the authority's public key (repeatable)", collect, [])
  .option('--node-name <name>', 'default: the host name')
  .option('--node-ip <address>', 'default: the address from which this machine reaches the server')
  .option('--label <key=value>', 'label of the node (repeatable)', collect, [])
  .option('--kubelet-config <file>', 'KubeletConfiguration of the node, as far as it follows it')
  .option('--taint <key=value:effect>', 'taint with which the node registers (repeatable)', collect, [])
  .action(({ caCertHash, ...flags }) => agent({ ...flags, caCertHashes: caCertHash }, say));
program
  .command('kubeconfig')
  .description("print the path of the administrator's kubeconfig")
  .option(...stateDir)
  .action(({ stateDir }) => {
    if (!savedOptions(stateDir)) throw new Error(`no cluster in ${stateDir}: run windlass up first`);
    say(clusterPaths(stateDir).kubeconfig('admin'));
  });
program
  .command('image')
  .description('images of the nodes')
  .command('load')
  .description('load an OCI or Docker archive into every node')
  .argument('<archive>', 'tar file')
  .option(...stateDir)
  .action((archive, { stateDir }) => loadImage(stateDir, archive, say));
const token = program.command('token').description('bootstrap tokens, with which machines join');
token
  .command('create')
  .description('make a token and print it')
  .argument('[token]', 'as in abcdef.0123456789abcdef (default: a random one)')
  .option(...stateDir)
  .option('--ttl <duration>', 'how long it lasts, as in 24h0m0s; 0: for ever', '24h0m0s')
  .option('--usages <list>', 'what it is for', 'signing,authentication')
  .option('--groups <list>', 'groups of who has it', NODE_BOOTSTRAPPERS)
  .option('--description <text>', 'what it is for, for people')
  .action((text, flags) => createToken(text, flags, say));
token
  .command('list')
  .description('what tokens there are')
  .option(...stateDir)
  .action(({ stateDir }) => listTokens(stateDir, say));
token
  .command('delete')
  .description('take tokens away')
  .argument('<token...>', 'ids, or whole tokens')
  .option(...stateDir)
  .action((texts, { stateDir }) => deleteTokens(texts, stateDir, say));
program
  .command('supervise', { hidden: true })
  .option(...stateDir)
  .action(({ stateDir }) => supervise(stateDir));

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`windlass: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
