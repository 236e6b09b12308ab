// Both commands report a read-only project folder before they begin, with either target.
import { spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { followProcess } from '../../journeys/command.ts';
import { freePort, machine } from '../../journeys/harness.ts';
import { ROOT } from '../../house/files.ts';
import { newFolder, UNPRIVILEGED } from '../../program.ts';

/** A read-only project folder. */
let project: string;
beforeAll(async () => {
  project = newFolder();
  mkdirSync(join(project, 'services'));
  cpSync(join(ROOT, 'services/api1/src'), join(project, 'services/api1/src'), { recursive: true });
  const stack = {
    name: 'shop',
    region: 'eu-west-1',
    services: { web: { containers: { app: { source: 'services/api1', port: 5000, path: '/app' } } } },
  };
  writeFileSync(join(project, 'slipway.config.ts'), `export default ${JSON.stringify(stack)};\n`);
  chmodSync(project, 0o555);
  // Compiles the commands as a user with write access, as `npm ci` does.
  await followProcess(spawn(process.execPath, [join(ROOT, 'run.js')])).done;
});

test.each(['sandbox', 'aws'])(
  'both commands report a read-only project folder with the target %s',
  async (target) => {
    const user = await machine();
    await user.start('sandbox').outputs(/answers at/);
    const env = {
      PATH: process.env['PATH'],
      SLIPWAY_SANDBOX_PORT: String(await freePort()),
      AWS_ENDPOINT_URL: user.endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    };
    for (const command of ['provision', 'teardown']) {
      const builder = command === 'provision' ? ['--builder', 'bundle'] : [];
      const args = [join(ROOT, 'run.js'), command, '--yes', '--target', target, ...builder];
      const outcome = await followProcess(
        spawn(process.execPath, args, { cwd: project, env, ...UNPRIVILEGED }),
      ).done;
      expect(outcome).toMatchObject({
        code: 1,
        stdout: '',
        problem: {
          code: 'STATE_UNWRITABLE',
          what: expect.stringContaining(join(project, '.slipway')) as unknown,
          why: expect.stringContaining('EACCES') as unknown,
          now: 'Nothing was changed.',
          fix: [expect.stringContaining('writable'), expect.stringContaining('SLIPWAY_HOME')] as unknown,
        },
      });
    }
    expect(await user.mutations()).toEqual([]);
    expect(readdirSync(project).sort()).toEqual(['services', 'slipway.config.ts']);
  },
  120_000,
);
