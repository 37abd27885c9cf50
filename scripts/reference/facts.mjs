// Compares what a server says of itself with the recorded facts: discovery in both forms, verbs, table columns, schemas, the objects
// that exist after start. Every check yields lines `what: ours | theirs`.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import https from 'node:https';
import path from 'node:path';
import { parse } from 'yaml';
import { byName, differences } from './differences.mjs';

const JSON_TYPE = 'application/json';
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';
const aggregated = (version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;

function client({ url, token }) {
  const agent = new https.Agent({ keepAlive: true, rejectUnauthorized: false });
  const get = (at, accept = JSON_TYPE) =>
    new Promise((resolve, reject) => {
      https
        .get(`${url}${at}`, { agent, headers: { authorization: `Bearer ${token}`, accept } }, (response) => {
          const chunks = [];
          response.on('data', (chunk) => chunks.push(chunk));
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString();
            try {
              resolve(JSON.parse(text));
            } catch {
              resolve({ status: response.statusCode, text });
            }
          });
        })
        .on('error', reject);
    });
  return { get, close: () => agent.destroy() };
}

async function discovery(get, read) {
  const lines = [];
  // Addresses are the recorded machine's.
  lines.push(...differences(await get('/api'), read('discovery/api.json'), /serverAddressByClientCIDRs/).map((d) => `/api${d}`));
  lines.push(...differences(await get('/apis'), read('discovery/apis.json')).map((d) => `/apis${d}`));
  for (const [root, file] of [
    ['/api', 'aggregated-api'],
    ['/apis', 'aggregated-apis'],
  ])
    for (const version of ['v2', 'v2beta1']) {
      const found = differences(await get(root, aggregated(version)), read(`discovery/${file}.${version}.json`));
      lines.push(...found.map((d) => `${root} ${version}${d}`));
    }
  return lines;
}

async function resources(get, read, list) {
  const lines = [];
  for (const file of list('discovery/groupversions')) {
    const at = `/${file.replace('.json', '').replaceAll('__', '/')}`;
    const ours = await get(at);
    const theirs = read(`discovery/groupversions/${file}`);
    const shape = (document) => ({ ...document, resources: byName(document.resources) });
    lines.push(...differences(shape(ours), shape(theirs)).map((d) => `${at}${d}`));
  }
  return lines;
}

async function verbs(get, read) {
  const theirs = read('resource-verbs.json');
  const lists = new Map();
  const lines = [];
  for (const [at, wanted] of Object.entries(theirs)) {
    const [, group, resource] = /^(\/api\/v1|\/apis\/[^/]+\/[^/]+)\/(.*)$/.exec(at);
    if (!lists.has(group)) lists.set(group, byName((await get(group)).resources));
    const ours = [...(lists.get(group)[resource]?.verbs ?? [])].sort();
    lines.push(...differences(ours.join(' '), [...wanted].sort().join(' ')).map((d) => `${at}${d}`));
  }
  return lines;
}

async function columns(get, read) {
  const lines = [];
  for (const [at, theirs] of Object.entries(read('table-columns.json'))) {
    const { columnDefinitions = [] } = await get(at, TABLE);
    const ours = columnDefinitions.map(({ description: _, ...rest }) => rest);
    lines.push(...differences(ours, theirs).map((d) => `${at} column ${d}`));
  }
  return lines;
}

async function schemas(get, read) {
  const theirs = read('schema-facts.json');
  const ours = {};
  const { paths } = await get('/openapi/v3');
  for (const { serverRelativeURL } of Object.values(paths))
    Object.assign(ours, (await get(serverRelativeURL)).components?.schemas);
  const shown = Object.fromEntries(Object.entries(theirs).filter(([name]) => ours[name] || /\.api\./.test(name)));
  return differences(Object.fromEntries(Object.keys(shown).map((name) => [name, ours[name]])), shown, /\/description$/);
}

const METADATA = ['uid', 'resourceVersion', 'creationTimestamp', 'managedFields', 'generation'];

async function bootstrap(get, text) {
  const lines = [];
  const prefixes = new Map();
  const pathOf = async ({ apiVersion, kind, metadata }) => {
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    if (!prefixes.has(root))
      prefixes.set(
        root,
        byName(
          (await get(root)).resources?.filter(({ name }) => !name.includes('/')),
          'kind',
        ),
      );
    const resource = prefixes.get(root)[kind];
    if (!resource) return undefined;
    return `${root}${resource.namespaced ? `/namespaces/${metadata.namespace}` : ''}/${resource.name}/${metadata.name}`;
  };
  const bare = (object) => ({
    ...object,
    metadata: Object.fromEntries(Object.entries(object.metadata ?? {}).filter(([key]) => !METADATA.includes(key))),
  });
  for (const file of ['bootstrap-objects.yaml', 'bootstrap-ns-objects.yaml'])
    for (const theirs of parse(text(file)).items) {
      const at = await pathOf(theirs);
      const ours = at && (await get(at));
      const name = `${theirs.kind} ${theirs.metadata.name}`;
      if (!ours || ours.kind === 'Status') lines.push(`${name}: nothing | there`);
      else
        lines.push(
          ...differences(bare(ours), bare(theirs), /lastTransitionTime|renewTime|holderIdentity|acquireTime/).map(
            (d) => `${name}${d}`,
          ),
        );
    }
  return lines;
}

/** Runs every check and prints its differences. @returns how many there were */
export async function compareFacts(server, folder, verbose) {
  const { get, close } = client(server);
  const text = (name) => readFileSync(path.join(folder, name), 'utf8');
  const read = (name) => JSON.parse(text(name));
  const list = (name) => readdirSync(path.join(folder, name)).sort();
  const checks = { discovery, resources, verbs, columns, schemas, bootstrap: (g) => bootstrap(g, text) };
  let total = 0;
  for (const [name, check] of Object.entries(checks)) {
    const lines = await check(get, read, list);
    total += lines.length;
    console.log(`${name.padEnd(12)} ${lines.length === 0 ? 'equal' : `${lines.length} differences (ours | theirs)`}`);
    for (const line of verbose ? lines : lines.slice(0, 20)) console.log(`  ${line}`);
    if (!verbose && lines.length > 20) console.log(`  … ${lines.length - 20} more (-v shows all)`);
  }
  close();
  return total;
}

/** The folder of facts: the one given, or the one around the transcripts. */
export const factsFolder = (folder) =>
  [folder, path.dirname(path.resolve(folder))].find((at) => existsSync(path.join(at, 'discovery')));
