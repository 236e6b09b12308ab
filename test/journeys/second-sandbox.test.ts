// A second sandbox cannot use the port or the folder of a running one, and does not affect the running one.
import { expect, test } from '@jest/globals';
import { httpRequest, freePort, machine } from './harness.ts';
import { tinyStack, type Echo } from './tiny-stack.ts';

test('a second sandbox cannot start on the same port or in the same folder', async () => {
  const user = await machine();
  const up = await user.run('provision', ...tinyStack(user));
  expect(up).toMatchObject({ code: 0, problem: undefined });
  const answer = async () => JSON.parse((await httpRequest(`${up.lastLine}/app`)).body) as Echo;
  const before = await answer();
  const pid = await user.sandboxPid();

  const elsewhere = `${user.folder}/elsewhere`;
  const [sameFolder, samePort] = await Promise.all([
    user.run('sandbox', '--port', String(await freePort())),
    user.run('sandbox', '--folder', elsewhere),
  ]);
  expect(sameFolder).toMatchObject({ code: 1, stdout: '' });
  expect(sameFolder.stderr).toBe(
    'problem  The sandbox cannot start.\n' +
      `  why    Another sandbox, process ${pid}, keeps its state in ${user.folder}/.slipway/sandbox.\n` +
      '  now    Nothing was changed.\n' +
      '  to do  Use that sandbox, or choose another folder and port: --folder FOLDER --port 4567\n',
  );
  expect(samePort).toMatchObject({ code: 1, stdout: '' });
  expect(samePort.stderr).toContain(`address already in use 127.0.0.1:${user.port}`);
  // The same task process still answers, and the same sandbox is still running.
  expect(await answer()).toEqual(before);
  expect(await user.sandboxPid()).toBe(pid);
}, 60_000);
