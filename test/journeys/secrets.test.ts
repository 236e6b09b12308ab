// A user stores secrets, and real tasks receive them; no output, state or log ever shows a value.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { expect, test } from '@jest/globals';
import type { Outcome } from './command.ts';
import { httpRequest, machine, type Machine } from './harness.ts';
import { testWithPython, typeAnswer } from './terminal.ts';
import { FAST_HEALTH_CHECK } from './tiny-stack.ts';

const CANARIES = ['one', 'two', 'three'].map((word) => `canary-${word}-9b1f4c77e0`);
const [FIRST = '', SECOND = '', THIRD = ''] = CANARIES;

/** A program that answers with hashes of its secrets. */
const PROGRAM = `
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
const hash = (name) => createHash('sha256').update(process.env[name] ?? '').digest('hex');
createServer((_, response) => response.end(JSON.stringify([hash('DATABASE_URL'), hash('API_KEY'), process.env.MODE])))
  .listen(Number(process.env.PORT), () => console.log('listening'));
process.on('SIGTERM', () => process.exit(0));
`;
const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Writes the program, a file of variables and a configuration, and returns the flags that name the configuration. */
function stackFlags({ write, config }: Machine): string[] {
  write('app/main.ts', PROGRAM);
  write('.env.production', 'MODE=production # a comment\n');
  return config({
    name: 'tiny',
    region: 'eu-west-1',
    deregistrationDelaySeconds: 0,
    services: {
      web: {
        containers: {
          app: {
            source: 'app',
            port: 8000,
            path: '/',
            health: FAST_HEALTH_CHECK,
            environmentFile: '.env.production',
            secrets: { DATABASE_URL: 'ssm:/tiny/dev/DATABASE_URL', API_KEY: 'secretsmanager:tiny/keys#api' },
          },
        },
      },
    },
  });
}

/** Returns the files below a folder that contain a canary. */
function filesWithCanaries(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.isFile())
    .filter((name) => CANARIES.some((canary) => readFileSync(join(folder, name)).includes(canary)));
}

test('secrets are stored, injected, changed and removed, and nothing shows their values', async () => {
  const user = await machine();
  await user.start('sandbox').outputs(/answers at/);
  const flags = stackFlags(user);
  const outcomes: Outcome[] = [];
  const run = async (...[command, ...args]: Parameters<Machine['run']>): Promise<Outcome> => {
    const outcome = await user.run(command, ...args, ...flags);
    outcomes.push(outcome);
    return outcome;
  };
  const store = async (value: string): Promise<Outcome> => {
    const running = user.start('secret', 'set', 'DATABASE_URL', ...flags);
    running.child.stdin?.end(`${value}\n`);
    outcomes.push(await running.done);
    return running.done;
  };
  const client = new SecretsManagerClient({
    endpoint: user.endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  });
  const keys = (api: object) => ({ SecretString: JSON.stringify(api) });

  const missing = await run('provision');
  expect(missing).toMatchObject({ code: 1, problem: { code: 'SECRET', now: 'Nothing was changed.' } });
  expect(missing.problem?.fix.join('\n')).toMatch(
    /npm run secret -- .*set DATABASE_URL\n.*create-secret --name tiny\/keys/,
  );
  expect((await store(FIRST)).stdout).toMatch(
    /^\/tiny\/dev\/DATABASE_URL has version 1\. Used by web\.app\./,
  );
  await client.send(new CreateSecretCommand({ Name: 'tiny/keys', ...keys({ other: THIRD }) }));
  const lacking = await run('provision');
  expect(lacking.problem?.why).toBe(
    'services.web.containers.app.secrets.API_KEY: The value of the secret tiny/keys lacks the JSON key api.',
  );
  expect((await user.mutations()).filter((call) => !/^(ssm|secretsmanager):/.test(call))).toEqual([]);

  await client.send(new PutSecretValueCommand({ SecretId: 'tiny/keys', ...keys({ api: THIRD }) }));
  const provisioned = await run('provision', '--json');
  expect(provisioned).toMatchObject({ code: 0, problem: undefined });
  const { url } = JSON.parse(provisioned.stdout) as { url: string };
  const answer = async (): Promise<unknown> => JSON.parse((await httpRequest(url)).body);
  expect(await answer()).toEqual([hash(FIRST), hash(THIRD), 'production']);
  expect((await run('drift')).stdout).toMatch(/^No drift\./m);

  await store(SECOND);
  const drift = await run('drift');
  expect(drift).toMatchObject({ code: 2 });
  expect(drift.stdout).toContain('value of secret DATABASE_URL of app: now 1; configured: 2');
  expect((await run('provision')).code).toBe(0);
  expect(await answer()).toEqual([hash(SECOND), hash(THIRD), 'production']);
  expect((await run('history', 'web')).stdout).toContain('value of secret DATABASE_URL of app');
  expect((await run('secret', 'list')).stdout).toMatch(/^DATABASE_URL +version 2 .* used by web\.app$/m);

  // The world is the only file with the values, and only its owner can read it.
  const home = join(user.folder, '.slipway');
  expect(filesWithCanaries(home)).toEqual([expect.stringMatching(/^sandbox\/world/)]);
  const [world = ''] = filesWithCanaries(home);
  expect(statSync(join(home, world)).mode & 0o777).toBe(0o600);

  const removed = await run('teardown', '--yes');
  expect(removed).toMatchObject({ code: 0 });
  expect(removed.stderr).toContain('its secrets stay (DATABASE_URL): npm run secret -- ');
  expect(await user.census()).toEqual({ 'ssm.parameters': 1, 'secretsmanager.secrets': 1 });
  expect((await run('secret', 'remove', 'DATABASE_URL')).stdout).toContain(
    '/tiny/dev/DATABASE_URL is removed.',
  );
  expect((await run('secret', 'remove', 'DATABASE_URL')).problem?.what).toBe(
    'There is no secret DATABASE_URL.',
  );
  expect((await run('secret', 'list', '--json')).stdout).toContain('"version": null');

  const shown = JSON.stringify([outcomes, await user.journal()]);
  expect(CANARIES.filter((canary) => shown.includes(canary))).toEqual([]);
  client.destroy();
}, 240_000);

testWithPython(
  'at a terminal, the value is not shown while it is typed (needs python3 on the PATH)',
  async () => {
    const user = await machine();
    const flags = stackFlags(user);
    const answer = { keys: `${FIRST}\r`, prompt: /which is not shown: / };
    const { code, stdout } = await typeAnswer(user, answer, 'secret', 'set', 'DATABASE_URL', ...flags);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('has version 1.') });
    expect(stdout).not.toContain(FIRST);
    const cancelled = await typeAnswer(user, { ...answer, keys: '\x03' }, 'secret', 'set', 'OTHER', ...flags);
    expect(cancelled.code).toBe(130);
    expect(await user.census()).toEqual({ 'ssm.parameters': 1 });
  },
  120_000,
);
