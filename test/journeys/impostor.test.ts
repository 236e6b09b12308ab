// A program that passes itself off as the sandbox receives no call and no token, and each run ends with a problem.
import { createServer } from 'node:http';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { machine } from './harness.ts';
import { tinyStack } from './tiny-stack.ts';

test('a program that answers like the sandbox is reported, and receives only the request that identifies a sandbox', async () => {
  const user = await machine();
  const folder = join(user.folder, '.slipway', 'sandbox');
  mkdirSync(folder, { recursive: true });
  // The token of a sandbox that was killed.
  const token = 'ab'.repeat(32);
  writeFileSync(join(folder, 'token'), `${token}\n`, { mode: 0o600 });
  const received: string[] = [];
  const impostor = createServer((request, response) => {
    received.push(`${request.method} ${request.url}`, JSON.stringify(request.headers));
    response.setHeader('slipway-proof', '0'.repeat(64));
    response.end(JSON.stringify({ sandbox: 'slipway', pid: process.pid, folder, background: true }));
  });
  await new Promise<void>((listening) => impostor.listen(user.port, '127.0.0.1', listening));
  try {
    for (const command of ['provision', 'teardown'] as const) {
      expect(await user.run(command, ...tinyStack(user))).toMatchObject({
        code: 1,
        problem: {
          code: 'SANDBOX_PORT',
          why: expect.stringContaining('cannot prove that it is yours'),
          now: 'Nothing was changed.',
        },
      });
    }
  } finally {
    impostor.close();
  }
  expect(received.filter((line) => !line.startsWith('{'))).toEqual(Array(2).fill('GET /_sandbox/about'));
  for (const secret of ['authorization', token.slice(0, 8)]) {
    expect(received.join('\n')).not.toContain(secret);
  }
}, 60_000);
