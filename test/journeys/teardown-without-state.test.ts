// Tearing down one of two stages without its state file leaves the other stage running.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { httpRequest, machine } from './harness.ts';
import { tinyStack } from './tiny-stack.ts';

test('dev is torn down without its state file while prod keeps running, and then prod is torn down as well', async () => {
  const user = await machine();
  const flags = tinyStack(user);
  // No sandbox is running yet. Together, the two concurrent provisions start exactly one.
  const [dev, prod] = await Promise.all([
    user.run('provision', ...flags, '--stage', 'dev'),
    user.run('provision', ...flags, '--stage', 'prod'),
  ]);
  expect(dev).toMatchObject({ code: 0, problem: undefined });
  expect(prod).toMatchObject({ code: 0, problem: undefined });
  expect(dev.lastLine).not.toBe(prod.lastLine);
  const censusOfBoth = await user.census();

  rmSync(join(user.folder, '.slipway/tiny-dev.json'));
  expect(await user.run('teardown', ...flags, '--stage', 'dev')).toMatchObject({
    code: 0,
    problem: undefined,
    lastLine: expect.stringMatching(/^tiny-dev is gone, 0 left/),
  });
  await expect(httpRequest(`${dev.lastLine}/app`)).rejects.toThrow('ECONNREFUSED');
  expect(await httpRequest(`${prod.lastLine}/app`)).toMatchObject({ status: 200 });
  expect(await user.census()).toEqual(
    Object.fromEntries(Object.entries(censusOfBoth).map(([kind, count]) => [kind, count / 2])),
  );

  expect(await user.run('teardown', ...flags, '--stage', 'prod')).toMatchObject({
    code: 0,
    problem: undefined,
    lastLine: expect.stringMatching(/^tiny-prod is gone, 0 left/),
  });
  await expect(fetch(user.endpoint)).rejects.toThrow('fetch failed');
  expect(user.stateFiles()).toEqual([]);
}, 90_000);
