import { type Handler, sendText } from '../http.ts';
import { runningContainer } from './target.ts';

/** POST /run/…?cmd=: a command to its end; its output is the answer. */
export const run: Handler = async (call, response) => {
  const { id } = runningContainer(call);
  const command = call.query.getAll('cmd').flatMap((each) => each.split(' '));
  const { stdout, stderr, exitCode } = await call.runtime.cri.execSync(id, command);
  const output = Buffer.concat([stdout, stderr]).toString('utf8');
  if (exitCode === 0) return sendText(response, 200, output);
  sendText(response, 500, `command '${command.join(' ')}' exited with ${exitCode}: ${output}`);
};
