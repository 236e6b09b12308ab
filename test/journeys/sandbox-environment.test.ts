// The sandbox keeps only the variables that it needs, so a task cannot read the user's tokens from its process.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { KEPT_VARIABLES } from '../../sandbox/environment.ts';
import { eventually, isAlive, machine, ROOT } from './harness.ts';
import { tinyStack } from './tiny-stack.ts';

const TOKENS = { GITHUB_TOKEN: 'ghp-1', AWS_SECRET_ACCESS_KEY: 'key-2', npm_config__auth: 'auth-3' };

/** Returns the environment of a process as another process of the user sees it. */
const environmentOf = (pid: number): string =>
  process.platform === 'linux'
    ? readFileSync(`/proc/${pid}/environ`, 'latin1')
    : spawnSync('ps', ['eww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout;

/** Expects that a process has the variable with its port and none of the tokens. */
function expectNoTokens(pid: number): void {
  const environment = environmentOf(pid);
  expect(environment).toContain('SLIPWAY_SANDBOX_PORT=');
  for (const value of Object.values(TOKENS)) expect(environment).not.toContain(value);
}

test.each([['SIGTERM'], ['SIGKILL']] as const)(
  'in the foreground; a %s for the command ends the sandbox too',
  async (signal) => {
    const user = await machine(TOKENS);
    const command = user.start('sandbox');
    await command.outputs(/answers at/);
    const pid = await user.sandboxPid();
    expectNoTokens(pid);
    command.child.kill(signal);
    const { code } = await command.done;
    await eventually(() => !isAlive(pid) || undefined);
    if (signal === 'SIGTERM') expect(code).toBe(0);
  },
  60_000,
);

test('in the background', async () => {
  const user = await machine(TOKENS);
  expect(await user.run('provision', ...tinyStack(user))).toMatchObject({ code: 0 });
  expectNoTokens(await user.sandboxPid());
}, 60_000);

test('the documentation lists the variables', () => {
  const text = readFileSync(join(ROOT, 'sandbox/README.md'), 'utf8');
  const list = /keeps only these environment variables[^.]*\./.exec(text.replaceAll('\n', ' '))?.[0] ?? '';
  expect([...list.matchAll(/`(\w+)`/g)].map(([, name]) => name)).toEqual(KEPT_VARIABLES);
});
