/** The real process, as its image runs it, when it gets SIGTERM under load. */
import { execFile } from 'node:child_process';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { Agent } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterEach, expect, test } from '@jest/globals';
import { ask, FOLDER, refuses, start, until, type Service } from './support.ts';

const agent = new Agent({ keepAlive: true, maxSockets: 25 });
afterEach(() => agent.destroy());

async function stopUnderLoad(service: Service): Promise<void> {
  const slow = connect(Number(new URL(service.url).port), '127.0.0.1');
  slow.write('GET /api2/products/moka-pot HTTP/1.1\r\nhost: here\r\n'); // the rest is sent later

  const load = Array.from({ length: 500 }, () => ask(`${service.url}/api2/products`, { agent }));
  await Promise.race(load);
  service.kill('SIGTERM');
  await until(async () => (await ask(`${service.url}/health`)).status === 503);
  const late = Array.from({ length: 100 }, () => ask(`${service.url}/api2`, { agent }));

  for (const answer of await Promise.all(load)) expect(answer.status).toBe(200);
  for (const answer of await Promise.all(late)) {
    expect(answer).toMatchObject({ status: 200, headers: { connection: 'close' } });
  }

  await until(() => refuses(service.url));
  slow.write('\r\n');
  expect(await text(slow)).toMatch(/^HTTP\/1.1 200 OK\r\nconnection: close\r\n[^]*"moka-pot"/i);
  expect(await service.exit).toEqual({ code: 0, stderr: '' });
  expect(service.lines.at(-1)).toMatchObject({ msg: 'stopped', cut: 0 });
}

test('the built file needs no permission to write, and drops no request on SIGTERM, not even a partly received one', async () => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'bundle-')));
  try {
    await promisify(execFile)('npm', ['run', 'build', '--', `--outfile=${folder}/main.cjs`], { cwd: FOLDER });
    // Under Node's permission model, a write, a worker or a child process is an error.
    const flags = ['--permission', '--experimental-permission'];
    const flag = flags.find((name) => process.allowedNodeEnvironmentFlags.has(name)) ?? '';
    const args = [flag, '--no-warnings', `--allow-fs-read=${folder}`, 'main.cjs'];
    const env = { NODE_ENV: 'production', SHUTDOWN_QUIET_MS: '4000', SHUTDOWN_GRACE_MS: '60000' };
    await stopUnderLoad(await start(args, env, folder));
  } finally {
    await rm(folder, { recursive: true });
  }
}, 60_000);
