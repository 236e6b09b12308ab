// The process of a configuration ends with the run that started it, whatever the configuration does.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from '@jest/globals';
import { processStartTime } from '../../../../lib/state/process-start-time.ts';
import { newFolder, startProgram } from '../../../program.ts';

/** Milliseconds within which a condition must hold; a loaded machine needs longer than an idle one. */
const TIMEOUT_MS = 20_000;

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + TIMEOUT_MS;
  while (!(await condition())) {
    if (Date.now() > deadline)
      throw new Error(`${condition.toString()} does not hold after ${TIMEOUT_MS} ms`);
    await sleep(20);
  }
}

/** A run that only loads a configuration. */
const RUN = `
  import { runModule } from ${JSON.stringify(resolve('lib/config/run-module.ts'))};
  const { argv: [, , file] } = process;
  await runModule(file, { context: { stage: 'dev', target: 'sandbox' }, timeoutMs: 60_000 });`;

const orphans = new Set<number>();
afterAll(() => {
  for (const pid of orphans) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // The process has already ended.
    }
  }
});

test.each([
  ['spins', 'for (;;);'],
  ['blocks its thread', 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);'],
  ['waits', 'setInterval(() => undefined, 1000); await new Promise(() => undefined);'],
])('when a run is killed while its configuration %s, no process is left', async (_, statements) => {
  const folder = newFolder();
  const pidFile = join(folder, 'pid');
  const config = join(folder, 'slipway.config.ts');
  writeFileSync(
    config,
    `import { renameSync, writeFileSync } from 'node:fs';
     writeFileSync('${pidFile}.part', String(process.pid));
     renameSync('${pidFile}.part', '${pidFile}');
     ${statements}`,
  );
  const program = join(folder, 'run.mts');
  writeFileSync(program, RUN);
  const run = startProgram('--import', ['tsx', program, config]);
  await until(() => existsSync(pidFile));
  const pid = Number(readFileSync(pidFile, 'utf8'));
  orphans.add(pid);
  const startTime = await processStartTime(pid);
  expect(startTime).toBeDefined();
  await run.kill();
  await until(async () => (await processStartTime(pid)) !== startTime);
  orphans.delete(pid);
});
