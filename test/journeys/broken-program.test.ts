// A program first does not compile, then lacks its health path, and then crashes at its start. Each failure is explained.
import { expect, test } from '@jest/globals';
import { httpRequest, machine } from './harness.ts';
import { echo, tinyStack } from './tiny-stack.ts';

test('a syntax error, a missing health path and a crash are explained, and the corrected program is deployed', async () => {
  const user = await machine();
  const services = { web: { containers: { app: { ...echo('app', 8000, '/app'), source: 'app' } } } };
  const flags = tinyStack(user, services);
  await user.start('sandbox').outputs(/answers at/);

  user.write('app/main.ts', '// Says hello.\n\nconst hello = = 1;\n');
  expect(await user.run('provision', ...flags)).toMatchObject({
    code: 1,
    stdout: '',
    problem: {
      code: 'PACKAGE',
      what: expect.stringMatching(/app cannot be compiled\.$/),
      why: expect.stringMatching(/app\/main\.ts:3:15: Unexpected "="$/),
      now: 'Nothing was changed.',
      fix: [expect.stringContaining('Correct'), expect.stringContaining('npm install')],
    },
  });
  expect(await user.mutations()).toEqual([]);
  expect(user.stateFiles()).toEqual([]);

  user.write(
    'app/main.ts',
    "import { createServer } from 'node:http';\n" +
      'createServer((_, response) => response.writeHead(404).end()).listen(8000);\n',
  );
  expect(await user.run('provision', ...flags)).toMatchObject({
    code: 1,
    stdout: '',
    problem: {
      code: 'HEALTH_PATH',
      why: 'GET /app of app answers 404; expected 200-299.',
      now: 'Nothing was changed.',
      fix: [expect.stringContaining('services.web.containers.app'), expect.any(String)],
    },
  });
  expect(await user.mutations()).toEqual([]);

  user.write(
    'app/main.ts',
    "console.log('looking for db:5432');\n" +
      "console.error('no database there, giving up');\n" +
      'process.exitCode = 3;\n',
  );
  const crashed = await user.run('provision', ...flags);
  expect(crashed).toMatchObject({
    code: 1,
    stdout: '',
    problem: {
      code: 'DEPLOYMENT',
      what: expect.stringMatching(/^The deployment of web failed: app exited with code 3/),
      now: expect.stringMatching(
        /^No earlier version of web was ever deployed, so none was restored\. web runs tiny-dev-web:1 .*the failed service is kept/,
      ),
      fix: expect.arrayContaining([
        expect.stringMatching(/^npm run provision -- --config \S+, once the cause is fixed$/),
      ]),
    },
  });
  const why = crashed.problem?.why ?? '';
  expect(why).toContain('Essential container in task exited; app exit code 3');
  expect(why).toMatch(/app logged:\n[^]*no database there, giving up/);
  expect(user.state().resources).toHaveProperty(['services.web']);

  user.write(
    'app/main.ts',
    "import { createServer } from 'node:http';\n" +
      "createServer((_, response) => response.end('hello')).listen(8000);\n" +
      "process.on('SIGTERM', () => process.exit(0));\n",
  );
  const fixed = await user.run('provision', ...flags);
  expect(fixed).toMatchObject({ code: 0, problem: undefined });
  expect(await httpRequest(`${fixed.lastLine}/app`)).toMatchObject({ status: 200, body: 'hello' });
}, 90_000);
