// The state file: its permissions, its content, and the files that are refused and left untouched.
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Guard } from '../../../../lib/state/format.ts';
import { openState } from '../../../../lib/state/state.ts';
import { testClock } from '../../clock.ts';
import { useFolder } from './folder.ts';

const path = useFolder();
const guard: Guard = { stack: 'shop-dev', account: '111122223333', region: 'eu-west-1', endpoint: 'aws' };
const file = () => path('.slipway/dev.json');
const open = (clock = testClock()) => openState(file(), guard, clock);
const read = async () => JSON.parse(await readFile(file(), 'utf8')) as Record<string, unknown>;

describe('a state file', () => {
  test('is not written before something changes', async () => {
    await open();
    await expect(stat(file())).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('is accessible only to its owner, as is its folder', async () => {
    const state = await open();
    await state.record('vpc', { vpcId: 'vpc-1' });
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect((await stat(dirname(file()))).mode & 0o777).toBe(0o700);
  });

  test('contains the recorded resources, the stack that it belongs to, and its version', async () => {
    const state = await open();
    await state.record('vpc', { vpcId: 'vpc-1' });
    expect(await read()).toEqual({
      version: 1,
      ...guard,
      changed: testClock().now(),
      resources: { vpc: { vpcId: 'vpc-1' } },
      intents: {},
      generations: {},
    });
    expect((await open()).data.resources).toEqual({ vpc: { vpcId: 'vpc-1' } });
  });

  test('forgets a resource that is gone', async () => {
    const state = await open();
    await state.record('vpc', { vpcId: 'vpc-1' });
    await state.forget('vpc');
    expect((await open()).data.resources).toEqual({});
  });

  test('is not written when the resource to forget is unknown', async () => {
    await (await open()).forget('vpc');
    await expect(stat(file())).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('is removed with the stack, and removing it again does nothing', async () => {
    const state = await open();
    const recorded = state.record('vpc', { vpcId: 'vpc-1' });
    await state.destroy();
    await recorded;
    await state.destroy();
    expect(await readdir(dirname(file()))).toEqual([]);
  });
});

describe('an intent', () => {
  test('can be withdrawn, and the next intent has a new token', async () => {
    const state = await open();
    const { token } = await state.intend('elasticIp');
    await state.withdraw('elasticIp');
    expect((await open()).data.intents).toEqual({});
    expect((await state.intend('elasticIp')).token).not.toBe(token);
  });

  test('is on disk before the create call, with its token and its time', async () => {
    const clock = testClock();
    const intent = await (await open(clock)).intend('natGateway');
    expect(intent).toMatchObject({ generation: 1, at: clock.now() });
    expect((await read())['intents']).toEqual({ natGateway: intent });
  });

  test('has a token that both EC2 and ECS accept', async () => {
    const { token } = await (await open()).intend('services.a-service-with-a-long-name');
    expect(token).toMatch(/^[!-~]{1,36}$/);
  });

  test('that is still open is kept unchanged by this run and the next one', async () => {
    const state = await open();
    const intent = await state.intend('natGateway');
    await expect(state.intend('natGateway')).resolves.toEqual(intent);
    const later = testClock();
    await later.sleep(60_000);
    await expect((await open(later)).intend('natGateway')).resolves.toEqual(intent);
  });

  test('is closed when the ids are recorded', async () => {
    const state = await open();
    await state.intend('natGateway');
    await state.record('natGateway', { natGatewayId: 'nat-1' });
    expect(await read()).toMatchObject({ intents: {}, resources: { natGateway: { natGatewayId: 'nat-1' } } });
  });

  test('has a different token for every resource, stack, account and region', async () => {
    const tokens = await Promise.all([
      open().then((state) => state.intend('natGateway')),
      open().then((state) => state.intend('publicRoutes')),
      openState(path('a'), { ...guard, stack: 'shop-test' }, testClock()).then((state) =>
        state.intend('natGateway'),
      ),
      openState(path('b'), { ...guard, account: '444455556666' }, testClock()).then((state) =>
        state.intend('natGateway'),
      ),
      openState(path('c'), { ...guard, region: 'eu-west-2' }, testClock()).then((state) =>
        state.intend('natGateway'),
      ),
    ]);
    expect(new Set(tokens.map(({ token }) => token)).size).toBe(5);
  });
});

describe('a resource that is created again has a new generation and a new token', () => {
  test('after a recorded resource is gone', async () => {
    const state = await open();
    const first = await state.intend('natGateway');
    await state.record('natGateway', { natGatewayId: 'nat-1' });
    await state.forget('natGateway');
    const second = await (await open()).intend('natGateway');
    expect(second.generation).toBe(2);
    expect(second.token).not.toBe(first.token);
  });

  test('after a resource whose creation was not recorded is gone', async () => {
    const state = await open();
    const first = await state.intend('natGateway');
    await state.forget('natGateway');
    const second = await state.intend('natGateway');
    expect([second.generation, second.token === first.token]).toEqual([2, false]);
  });

  test('each time that an open intent is renewed', async () => {
    const state = await open();
    const intents = [
      await state.intend('natGateway'),
      await state.renew('natGateway'),
      await state.renew('natGateway'),
    ];
    expect(intents.map(({ generation }) => generation)).toEqual([1, 2, 3]);
    expect(new Set(intents.map(({ token }) => token)).size).toBe(3);
    expect((await read())['intents']).toEqual({ natGateway: intents[2] });
  });

  test('when a recorded resource that failed is renewed', async () => {
    const state = await open();
    const first = await state.intend('natGateway');
    await state.record('natGateway', { natGatewayId: 'nat-1' });
    const second = await state.renew('natGateway');
    expect(second.generation).toBe(2);
    expect(second.token).not.toBe(first.token);
  });

  test('after a teardown, since EC2 remembers a token for a day even if the resource is gone', async () => {
    const clock = testClock();
    const state = await open(clock);
    const first = await state.intend('natGateway');
    await state.record('natGateway', { natGatewayId: 'nat-1' });
    await state.forget('natGateway');
    await state.destroy();
    await clock.sleep(60_000);
    const second = await (await open(clock)).intend('natGateway');
    expect(second.token).not.toBe(first.token);
  });
});

describe('a state file is refused and left untouched', () => {
  const valid = { version: 1, ...guard, resources: {}, intents: {}, generations: {} };
  const writeContent = async (content: string | Uint8Array) => {
    await mkdir(dirname(file()), { recursive: true });
    await writeFile(file(), content);
    return Buffer.from(content);
  };

  test.each<[string, string | Uint8Array, string]>([
    ['when it is empty', '', 'STATE_CORRUPT'],
    ['when it is truncated', JSON.stringify(valid).slice(0, -9), 'STATE_CORRUPT'],
    ['when it is not UTF-8', new Uint8Array([0, 255, 254, 1]), 'STATE_CORRUPT'],
    ['when it is another document', '[]', 'STATE_CORRUPT'],
    ['when it is null', 'null', 'STATE_CORRUPT'],
    ['when a field is missing', JSON.stringify({ ...valid, resources: undefined }), 'STATE_CORRUPT'],
    ['when it has an unknown field', JSON.stringify({ ...valid, extra: 1 }), 'STATE_CORRUPT'],
    [
      'when an id is not a string',
      JSON.stringify({ ...valid, resources: { vpc: { vpcId: 1 } } }),
      'STATE_CORRUPT',
    ],
    ['when a newer Slipway wrote it', '{ "version": 2,\n"resources": "elsewhere" }', 'STATE_NEWER'],
    ['when it belongs to another stack', JSON.stringify({ ...valid, stack: 'other-dev' }), 'STATE_FOREIGN'],
    [
      'when it belongs to another account',
      JSON.stringify({ ...valid, account: '444455556666' }),
      'STATE_FOREIGN',
    ],
    ['when it belongs to another region', JSON.stringify({ ...valid, region: 'us-east-1' }), 'STATE_FOREIGN'],
    [
      'when it belongs to another endpoint',
      JSON.stringify({ ...valid, endpoint: 'sandbox' }),
      'STATE_FOREIGN',
    ],
  ])('%s', async (_, content, code) => {
    const bytes = await writeContent(content);
    await expect(open()).rejects.toMatchObject({ code, what: expect.stringContaining(file()) as unknown });
    expect((await readFile(file())).equals(bytes)).toBe(true);
    expect(await readdir(dirname(file()))).toEqual(['dev.json']);
  });

  test('and the problem names the invalid field', async () => {
    await writeContent(JSON.stringify({ ...valid, resources: { vpc: { vpcId: 1 } } }));
    await expect(open()).rejects.toMatchObject({
      why: expect.stringMatching(/^resources\.vpc\.vpcId: /) as unknown,
    });
  });

  test('and the problem names the version of the file', async () => {
    await writeContent('{"version":7}');
    await expect(open()).rejects.toMatchObject({ why: 'It has version 7; this Slipway reads version 1.' });
  });

  test('and the problem names the endpoint, not the account, since the account always differs in a sandbox', async () => {
    await writeContent(JSON.stringify({ ...valid, account: '000000000000', endpoint: 'sandbox' }));
    await expect(open()).rejects.toMatchObject({
      why: 'It is for the endpoint sandbox; this run is for aws.',
    });
  });
});

test('the next change, or the next complete provision, records the path of the configuration file, relative to the folder of the state', async () => {
  const openFor = (name: string) => openState(file(), guard, testClock(), { configurationFile: path(name) });
  await (await openFor('slipway.config.ts')).record('vpc', { vpcId: 'vpc-1' });
  expect(await read()).toMatchObject({ configurationFile: '../slipway.config.ts' });
  const applied = { configuration: 'hash', tags: [] };
  await (await openFor('slipway.config.ts')).recordApplied(applied);
  await (await openFor('shop.config.ts')).recordApplied(applied);
  expect(await read()).toMatchObject({ configurationFile: '../shop.config.ts' });
});

test('a tag key is recorded before it is set, and stays recorded until no resource has it', async () => {
  const state = await open();
  await state.recordTagKeys(['team', 'cost']);
  await (await open()).recordTagKeys(['team', 'owner']);
  expect((await read())['tags']).toEqual(['team', 'cost', 'owner']);
  await (await open()).recordApplied({ configuration: 'hash', tags: ['owner'] });
  expect(await read()).toMatchObject({ tags: ['owner'], configuration: 'hash' });
});
