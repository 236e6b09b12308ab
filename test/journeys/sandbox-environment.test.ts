// The sandbox keeps only the variables that it needs, so a task cannot read the user's tokens from the sandbox's process.
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

/** Expects that the environment of a process contains the port of the sandbox and none of the tokens. */
function expectNoTokens(pid: number): void {
  const environment = environmentOf(pid);
  expect(environment).toContain('SLIPWAY_SANDBOX_PORT=');
  for (const value of Object.values(TOKENS)) expect(environment).not.toContain(value);
}

test.each([['SIGTERM'], ['SIGKILL']] as const)(
  'a sandbox in the foreground has no tokens in its environment, and ends when `npm run sandbox` receives %s',
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

test('a sandbox in the background has no tokens in its environment', async () => {
  const user = await machine(TOKENS);
  expect(await user.run('provision', ...tinyStack(user))).toMatchObject({ code: 0 });
  expectNoTokens(await user.sandboxPid());
}, 60_000);

test('the documentation lists the variables that the sandbox keeps', () => {
  const text = readFileSync(join(ROOT, 'sandbox/README.md'), 'utf8');
  const list = /keeps only these environment variables[^.]*\./.exec(text.replaceAll('\n', ' '))?.[0] ?? '';
  expect([...list.matchAll(/`(\w+)`/g)].map(([, name]) => name)).toEqual(KEPT_VARIABLES);
});
