// The sandbox cannot start: its port is taken or invalid, or an argument is wrong.
import { createServer } from 'node:http';
import net from 'node:net';
import { expect, test } from '@jest/globals';
import { machine } from './harness.ts';
import { tinyStack } from './tiny-stack.ts';

test('a port that another program uses is reported with the way to choose another port', async () => {
  const user = await machine();
  const requests: string[] = [];
  const other = createServer(({ method, url }, response) => {
    requests.push(`${method} ${url}`);
    response.end('hello');
  });
  await new Promise<void>((listening) => other.listen(user.port, '127.0.0.1', listening));
  try {
    expect(await user.run('provision', ...tinyStack(user))).toMatchObject({
      code: 1,
      stdout: '',
      problem: {
        code: 'SANDBOX_PORT',
        what: `The sandbox cannot use port ${user.port}.`,
        why: `Port ${user.port} is in use by something that is not a sandbox.`,
        now: 'Nothing was changed.',
        fix: [expect.stringContaining('export SLIPWAY_SANDBOX_PORT=')],
      },
    });
  } finally {
    other.close();
  }
  // The other program has received only the request that identifies a sandbox.
  expect(requests).toEqual(['GET /_sandbox/about']);
  expect(user.stateFiles()).toEqual([]);
}, 60_000);

test.each([[[]], [['--drift']]])(
  'a port on which another program closes every connection is reported as well: provision %j',
  async (flags: string[]) => {
    const user = await machine();
    const other = net.createServer((socket) => socket.on('error', () => undefined).end());
    await new Promise<void>((listening) => other.listen(user.port, '127.0.0.1', listening));
    try {
      expect(await user.run('provision', ...tinyStack(user), ...flags)).toMatchObject({
        code: 1,
        stdout: '',
        problem: { code: 'SANDBOX_PORT', what: `The sandbox cannot use port ${user.port}.` },
      });
    } finally {
      other.close();
    }
    expect(user.stateFiles()).toEqual([]);
  },
  60_000,
);

test('SLIPWAY_SANDBOX_PORT=http is refused', async () => {
  const user = await machine({ SLIPWAY_SANDBOX_PORT: 'http' });
  expect(await user.run('teardown', ...tinyStack(user))).toMatchObject({
    code: 1,
    stdout: '',
    problem: {
      code: 'ARGUMENTS',
      what: 'SLIPWAY_SANDBOX_PORT is not a port: http.',
      why: 'A port is a whole number from 1 to 65535.',
      now: 'Nothing was changed.',
      fix: ['export SLIPWAY_SANDBOX_PORT=4566, or unset it'],
    },
  });
  expect(user.stateFiles()).toEqual([]);
}, 60_000);

test('a sandbox that cannot start is reported with its output', async () => {
  const user = await machine({ SLIPWAY_SANDBOX_PACE: 'quick' });
  expect(await user.run('provision', ...tinyStack(user))).toMatchObject({
    code: 1,
    stdout: '',
    problem: {
      code: 'SANDBOX_START',
      what: 'The sandbox did not start.',
      why: expect.stringContaining('SLIPWAY_SANDBOX_PACE must be instant, brisk, aws or a factor, not quick'),
      now: 'Nothing was changed.',
      fix: [
        expect.stringContaining('sandbox.log'),
        expect.stringContaining('npm run sandbox, to see its output as it starts'),
      ],
    },
  });
  expect(user.stateFiles()).toEqual([]);
}, 60_000);

test.each<[string[], NodeJS.ProcessEnv, string]>([
  [['--port', '99999'], {}, '--port is not a port: 99999'],
  [[], { SLIPWAY_SANDBOX_HTTP_PORT: 'web' }, 'SLIPWAY_SANDBOX_HTTP_PORT is not a port: web'],
  [['--pace', 'slow'], {}, '--pace must be instant, brisk, aws or a factor, not slow'],
  [['--folder', 'FOLDER/file'], {}, 'FOLDER/file is a file, not a folder.'],
  [['--folder', 'FOLDER/file/deeper'], {}, 'FOLDER/file is a file, not a folder.'],
])(
  'the sandbox names the option or the variable that is wrong: %j %j',
  async (args, env, why) => {
    const user = await machine(env);
    user.write('file', '');
    const inFolder = (text: string) => text.replace('FOLDER', user.folder);
    const { code, stderr } = await user.run('sandbox', ...args.map(inFolder));
    expect(code).toBe(1);
    expect(stderr).toContain(`  why    ${inFolder(why)}\n`);
  },
  60_000,
);
