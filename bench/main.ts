/** `npm run bench`: how long provision, a second provision and teardown take on a new sandbox, as whole processes. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { table } from './table.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, json: { type: 'boolean', default: false } },
});

const freePort = (): Promise<number> =>
  new Promise((found) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => found(typeof address === 'object' && address ? address.port : 0));
    });
  });

/** Runs a command to its end and returns its wall time in seconds. */
function time(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const start = performance.now();
  const child = spawn(process.execPath, ['run.js', command, ...args], { env, stdio: 'ignore' });
  return new Promise((done, failed) => {
    child.on('error', failed);
    child.on('close', (code) => {
      if (code === 0) done((performance.now() - start) / 1000);
      else failed(new Error(`${command} ended with ${code}`));
    });
  });
}

/** One round on a machine that has never seen Slipway: the sandbox starts with the first command. */
async function round(): Promise<Record<string, number>> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-bench-'));
  const env = {
    ...process.env,
    SLIPWAY_HOME: folder,
    SLIPWAY_SANDBOX_PORT: String(await freePort()),
    SLIPWAY_SANDBOX_HTTP_PORT: '0',
  };
  try {
    return {
      'first provision': await time('provision', ['--yes'], env),
      'second provision': await time('provision', ['--yes'], env),
      plan: await time('provision', ['--plan'], env),
      teardown: await time('teardown', ['--yes'], env),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const rounds: Record<string, number>[] = [];
for (let index = 0; index < Number(values.rounds); index += 1) rounds.push(await round());
const figures = Object.keys(rounds[0] ?? {}).map((work) => {
  const seconds = rounds.map((one) => one[work] ?? 0).sort((a, b) => a - b);
  return {
    work,
    median: seconds[Math.floor(seconds.length / 2)] ?? 0,
    min: seconds[0] ?? 0,
    max: seconds.at(-1) ?? 0,
  };
});
const about = `sandbox at its brisk pace, ${rounds.length} rounds, ${cpus().length} cores, Node ${process.version}`;
process.stdout.write(
  values.json ? `${JSON.stringify({ about, figures }, null, 2)}\n` : `${table(about, figures)}\n`,
);
