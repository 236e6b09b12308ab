// A command that follows something ends when the reader of its pipe has closed it, although nothing more is written.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../../../..');
const MODULE = JSON.stringify(join(ROOT, 'lib/run/closed-pipe.ts'));

/** Runs a program with its stdout in a pipe of a shell. @returns its stderr */
async function runInPipe(program: string, reader: string): Promise<string> {
  const shell = spawn(
    'sh',
    ['-c', `"$0" --import tsx --input-type=module -e "$1" | ${reader}`, process.execPath, program],
    {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let stderr = '';
  shell.stderr.on('data', (chunk) => (stderr += String(chunk)));
  await new Promise((resolve) => shell.on('close', resolve));
  return stderr;
}

// Other tails do not poll their output.
const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('the watch reports that the reader has closed the pipe', async () => {
  const program = `
    import { watchPipe } from ${MODULE};
    console.log('only line');
    const keepAlive = setInterval(() => undefined, 1000);
    watchPipe(() => { console.error('closed'); clearInterval(keepAlive); });
  `;
  expect(await runInPipe(program, 'head -n 1')).toBe('closed\n');
});

test('an ended watch reports nothing, and does not keep the reader waiting', async () => {
  const program = `
    import { watchPipe } from ${MODULE};
    watchPipe(() => console.error('closed'))();
    console.log('only line');
  `;
  expect(await runInPipe(program, 'cat')).toBe('');
});
