// Compares a fresh API server of ours with recorded answers of a real one:
//   node scripts/reference.mjs FOLDER --facts         discovery, verbs, table columns, schemas, objects after start
//   node scripts/reference.mjs FOLDER [options…]      the transcripts; options go to the replayer: --only REGEX, -v, -q, --json OUT
// FOLDER is the reference or its folder of transcripts. Not part of `npm test`: the recordings are not in this repository.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { compareFacts, factsFolder } from './reference/facts.mjs';
import { startServer } from './reference/server.mjs';

const [folder, ...options] = process.argv.slice(2);
if (!folder) {
  console.error('usage: npm run reference -- FOLDER [--facts | --only REGEX] [-v] [--json OUT]');
  process.exit(2);
}

function replay(server) {
  const transcripts = existsSync(path.join(folder, 'replay.mjs')) ? folder : path.join(folder, 'transcripts');
  const files = readdirSync(transcripts)
    .filter((name) => name.endsWith('.json'))
    .map((name) => path.join(transcripts, name));
  const fixed = ['--server', server.url, '--token', server.token, '--controllers', 'off', '--concurrency', '4'];
  const child = spawn(process.execPath, [path.join(transcripts, 'replay.mjs'), ...fixed, ...options, ...files], {
    stdio: 'inherit',
  });
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}

const server = await startServer();
process.exitCode = options.includes('--facts')
  ? (await compareFacts(server, factsFolder(folder), options.includes('-v'))) && 1
  : await replay(server);
await server.stop();
