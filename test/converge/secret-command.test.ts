// `npm run secret`: stores, lists and removes the secrets of a stack, and leaves those of others alone.
import { expect, test } from '@jest/globals';
import {
  ListTagsForResourceCommand,
  PutParameterCommand,
  SSMClient,
  type PutParameterCommandInput,
} from '@aws-sdk/client-ssm';
import { account, type Account } from './harness.ts';
import { stack } from './stacks.ts';

const { domain: _domain, ...rest } = stack();
const config = {
  ...rest,
  tags: { team: 'web' },
  services: {
    web: {
      containers: { api1: { image: 'nginx', port: 5000, path: '/', secrets: { DB: 'ssm:/shop/dev/DB' } } },
    },
  },
};
const CANARY = 'canary-5f1c9e27';
const PARAMETER = '/shop/dev/DB';

const ssmOf = ({ sandbox }: Account): SSMClient =>
  new SSMClient({
    endpoint: sandbox.url,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  });
const putByHand = (user: Account, more: Partial<PutParameterCommandInput> = {}) =>
  ssmOf(user).send(
    new PutParameterCommand({ Name: PARAMETER, Value: 'theirs', Type: 'SecureString', ...more }),
  );
const rowOf = ({ sandbox }: Account) => sandbox.world.region('eu-west-1').ssm.parameters.get(PARAMETER);
const set = (user: Account, options = {}, value = CANARY) =>
  user.secret(config, { action: 'set', secret: 'DB', ...options }, value);

test('a secret is stored with the tags of the stack, keeps its key, and is listed without its value', async () => {
  const user = await account();
  const first = await set(user, { key: 'alias/mine' });
  expect(first.text).toBe(
    '/shop/dev/DB has version 1. Used by web.api1. To start tasks with the value: npm run provision',
  );
  const second = await set(user, {}, 'other');
  expect(second.json).toMatchObject({
    stored: { name: 'DB', parameter: PARAMETER, version: 2, usedBy: ['web.api1'] },
  });
  expect(rowOf(user)?.versions).toMatchObject([
    { value: CANARY, keyId: 'alias/mine', type: 'SecureString' },
    { value: 'other', keyId: 'alias/mine' },
  ]);
  const { TagList } = await ssmOf(user).send(
    new ListTagsForResourceCommand({ ResourceType: 'Parameter', ResourceId: PARAMETER }),
  );
  expect(TagList).toEqual(
    expect.arrayContaining([
      { Key: 'slipway:stack', Value: 'shop-dev' },
      { Key: 'team', Value: 'web' },
    ]),
  );
  const listed = await user.secret(config, { action: 'list' });
  expect(listed.text).toMatch(/^DB {2}version 2 {2}.* used by web\.api1$/);
  expect(JSON.stringify([first, second, listed, user.output()])).not.toMatch(/canary/);
});

test('a parameter of someone else is neither overwritten nor removed without --yes', async () => {
  const user = await account();
  await putByHand(user);
  for (const action of ['set', 'remove'] as const)
    await expect(
      user.secret(config, { action, secret: 'DB', yes: false }, action === 'set' ? CANARY : ''),
    ).rejects.toMatchObject({
      code: 'SECRET',
      what: '/shop/dev/DB belongs to someone else.',
      fix: ['Choose another name,', `or npm run secret -- ${action} DB --yes, if it is yours.`],
    });
  expect(rowOf(user)?.versions.map(({ value }) => value)).toEqual(['theirs']);
  await set(user, { yes: true });
  await set(user);
  expect(rowOf(user)?.versions.map(({ version }) => version)).toEqual([1, 2, 3]);
});

test('a parameter that is not encrypted is refused, and removed by hand first', async () => {
  const user = await account();
  const Tags = [{ Key: 'slipway:stack', Value: 'shop-dev' }];
  await putByHand(user, { Type: 'String', Tags });
  await expect(set(user)).rejects.toMatchObject({ code: 'SECRET', what: '/shop/dev/DB is not encrypted.' });
  const removed = await user.secret(config, { action: 'remove', secret: 'DB' });
  expect(removed).toMatchObject({ text: '/shop/dev/DB is removed.', json: { removed: 'DB' } });
  expect(user.output().warnings).toEqual(['web.api1 cannot start new tasks without DB']);
  expect((await user.secret(config, { action: 'list' })).text).toMatch(
    /^DB {2}missing .* used by web\.api1$/,
  );
  await expect(user.secret(config, { action: 'remove', secret: 'DB' })).rejects.toMatchObject({
    what: 'There is no secret DB.',
  });
});

test('an error of AWS that repeats the value is shown without it', async () => {
  const user = await account();
  user.sandbox.faults.add({
    kind: 'refused',
    operation: 'PutParameter',
    nth: 1,
    code: 'ValidationException',
    message: `The value ${CANARY} is not valid`,
    status: 400,
  });
  const thrown: unknown = await set(user).catch((error: unknown) => error);
  expect(thrown).toMatchObject({
    code: 'REFUSED',
    why: expect.stringContaining('The value (not shown) is not valid'),
  });
  expect(JSON.stringify(thrown)).not.toContain(CANARY);
});

test('the secrets of a stage are its own, and a teardown leaves them', async () => {
  const user = await account();
  await set(user);
  await set(user, { stage: 'qa' });
  expect((await user.secret(config, { action: 'list', stage: 'qa' })).json).toMatchObject({
    secrets: [{ name: 'DB', version: 1 }],
  });
  await user.provision(config);
  await user.teardown(config);
  expect(user.output().notes).toContain('its secrets stay (DB): npm run secret -- list');
  expect(user.census()).toEqual({ 'ssm.parameters': 2 });
});
