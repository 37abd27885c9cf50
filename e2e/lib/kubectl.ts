import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { fixture } from './fixture.ts';

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs the real kubectl (another `program` for another version of it) and waits for its end, whatever its exit code. */
export function tryKubectl(
  args: readonly string[],
  input?: string,
  timeoutMs = 60_000,
  program = fixture().kubectl,
): Promise<Outcome> {
  const { kubeconfig } = fixture();
  return new Promise((resolve) => {
    const child = execFile(
      program,
      ['--kubeconfig', kubeconfig, ...args],
      // Jest gives specs a copy of the environment; without this, a child would not see what a spec sets.
      { timeout: timeoutMs, maxBuffer: 64 << 20, env: process.env },
      (error, stdout, stderr) => {
        const code = error ? (typeof error.code === 'number' ? error.code : 1) : 0;
        resolve({ code, stdout, stderr: error && !stderr ? String(error) : stderr });
      },
    );
    child.stdin?.end(input);
  });
}

/** As {@link tryKubectl}, for calls that must succeed. @returns stdout @throws Error with stderr */
export async function kubectl(args: readonly string[], input?: string, timeoutMs?: number, program?: string): Promise<string> {
  const { code, stdout, stderr } = await tryKubectl(args, input, timeoutMs, program);
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: exit ${code}\n${stderr}\n${stdout}`);
  return stdout;
}

/** kubectl as a running child: logs -f, get -w, exec -i. The caller ends it. */
export function kubectlProcess(args: readonly string[], program = fixture().kubectl): ChildProcess & { output: () => string } {
  const { kubeconfig } = fixture();
  const child = spawn(program, ['--kubeconfig', kubeconfig, ...args], { stdio: 'pipe' });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8');
  });
  return Object.assign(child, { output: () => text });
}

// biome-ignore lint/suspicious/noExplicitAny: specs look into any kind
export const getJson = async (args: readonly string[]): Promise<any> => JSON.parse(await kubectl([...args, '-o', 'json']));

/** Creates a namespace for one spec and returns its name. Deleted by {@link dropNamespace}. */
export async function makeNamespace(prefix: string): Promise<string> {
  const name = `${prefix}-${Math.random().toString(36).slice(2, 8)}`;
  await kubectl(['create', 'namespace', name]);
  return name;
}

export const dropNamespace = (name: string): Promise<Outcome> => tryKubectl(['delete', 'namespace', name, '--wait=false']);
