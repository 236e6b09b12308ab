// A user opens the page of a stack while no sandbox runs, provisions the stack, and ends the page with Ctrl-C.
import { expect, test } from '@jest/globals';
import { machine, type Machine } from './harness.ts';
import { tinyStack } from './tiny-stack.ts';

/** Starts the page, and returns its address as soon as it is printed. */
async function openPage(user: Machine, flags: readonly string[]) {
  const running = user.start('dashboard', '--no-open', '--port', '0', ...flags);
  const address = await new Promise<string>((resolve) =>
    running.child.stdout?.once('data', (data) => resolve(String(data).trim())),
  );
  return { running, address };
}

/** Reads events until one matches. */
async function readUntil(address: string, pattern: RegExp): Promise<void> {
  const { body } = await fetch(`${address}events`);
  let text = '';
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    text += Buffer.from(chunk).toString();
    if (pattern.test(text)) return;
  }
  throw new Error(`The events ended without ${String(pattern)}: ${text}`);
}

test('dashboard prints its address first, starts no sandbox, shows the stack once it exists, and ends with Ctrl-C', async () => {
  const user = await machine();
  const flags = tinyStack(user);
  const { running, address } = await openPage(user, flags);
  expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}\/$/);
  expect((await fetch(new URL('/', address))).status).toBe(401);
  await readUntil(address, /"code":"SANDBOX_STOPPED","what":"The sandbox is not running\."/);
  await expect(user.census()).rejects.toThrow();

  expect((await user.run('provision', ...flags)).code).toBe(0);
  await readUntil(address, /"service":"web","revision":1,"desired":1,"running":1,.*"healthy":true/);

  running.child.kill('SIGINT');
  expect(await running.done).toMatchObject({ code: 0, problem: undefined });
  const taken = await user.run('dashboard', '--port', String(user.port), ...flags);
  expect(taken.problem).toMatchObject({ code: 'ARGUMENTS', what: `Port ${user.port} is in use.` });
}, 180_000);
