/** Notices that the reader of a pipe has closed it while nothing is written, as `| head` does after its last line. */
import { spawn } from 'node:child_process';
import { fstatSync } from 'node:fs';

/** Seconds between two checks. */
const INTERVAL = '0.2';

/**
 * Watches stdout if it is a pipe. Node does not report that the reading end was closed until the next write. GNU tail polls its
 * output, and SIGPIPE ends it then. Where another tail is installed, or none, the next write reports it, as without this function.
 * @param onClosed called at most once
 * @returns ends the watch
 * @see https://www.gnu.org/software/coreutils/manual/html_node/tail-invocation.html
 */
export function watchPipe(onClosed: () => void): () => void {
  if (!fstatSync(process.stdout.fd).isFIFO()) return () => undefined;
  // --pid ends it even if this process is killed: as a writer of the pipe, it would keep the reader waiting.
  const args = ['-f', '-s', INTERVAL, `--pid=${process.pid}`, '/dev/null'];
  const tail = spawn('tail', args, { stdio: ['ignore', 'inherit', 'ignore'] });
  tail.on('error', () => undefined);
  tail.on('exit', (_code, signal) => {
    if (signal === 'SIGPIPE') onClosed();
  });
  const stop = () => {
    tail.kill();
    process.off('exit', stop);
  };
  process.on('exit', stop);
  return stop;
}
