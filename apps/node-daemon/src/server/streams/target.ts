import { type Call, HttpError } from '../http.ts';

/** The running container that /exec, /attach and /run name: `namespace/pod[/uid]/container`. @throws HttpError */
export function runningContainer({ parts, runtime }: Call): { id: string; tty: boolean; stdin: boolean } {
  const [namespace, name] = parts;
  const [uid, container] = parts.length > 3 ? [parts[2], parts[3]] : [undefined, parts[2]];
  const pod = runtime.podByName(namespace ?? '', name ?? '');
  if (!pod || (uid && pod.metadata.uid !== uid)) throw new HttpError(404, 'pod does not exist');
  const found = runtime.containerOf(namespace!, name!, container ?? '');
  if (found?.state !== 'running') throw new HttpError(500, `container not found (${JSON.stringify(container)})`);
  return found;
}

/** Which streams a client wants; it asks for input, output, error and tty, or for stdin, stdout, stderr. @throws HttpError 400 for none */
export function wantedStreams(query: URLSearchParams): { stdin: boolean; stdout: boolean; stderr: boolean; tty: boolean } {
  const has = (...names: string[]) => names.some((name) => ['1', 'true'].includes(query.get(name) ?? ''));
  const tty = has('tty');
  const wanted = {
    stdin: has('input', 'stdin'),
    stdout: has('output', 'stdout'),
    // A terminal has one output.
    stderr: has('error', 'stderr') && !tty,
    tty,
  };
  if (!wanted.stdin && !wanted.stdout && !wanted.stderr)
    throw new HttpError(400, 'you must specify at least 1 of stdin, stdout, stderr');
  return wanted;
}
