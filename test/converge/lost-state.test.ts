// A stack whose state file is lost is found again without a mutating call, and its state file is restored.
import { expect, test } from '@jest/globals';
import { account } from './harness.ts';
import { container, stack } from './stacks.ts';

const devStack = stack({
  services: {
    web: {
      containers: {
        api: container('api', 5000),
        app: { source: 'app', port: 8000, path: '/app' },
      },
    },
  },
});

const prodStack = { ...devStack, domain: { name: 'api.example.org', zone: 'example.org', createZone: true } };

test('everything is found by tags and names', async () => {
  const user = await account();
  await user.provision(devStack);
  const ids = user.ids();
  user.deleteState();
  expect(await user.provision(devStack)).toEqual({ done: [], calls: [] });
  expect(user.ids()).toEqual(ids);
  expect([...new Set(Object.keys(ids).map((address) => address.split('.')[0]))].sort()).toMatchSnapshot();
});

test('a state file that records deleted resources is corrected', async () => {
  const user = await account();
  await user.provision(devStack);
  const ids = user.ids();
  await user.teardown(devStack);
  user.writeState(ids);
  const { done } = await user.provision(devStack);
  expect(done).toContain('vpc create');
  expect(Object.keys(user.ids()).sort()).toEqual(Object.keys(ids).sort());
  expect(user.ids()['vpc']).not.toEqual(ids['vpc']);
  expect(await user.plan(devStack)).toEqual([]);
});

test('a teardown without a state file removes its stage, and never affects another stage', async () => {
  const user = await account();
  await user.provision(devStack);
  const devCensus = user.census();
  await user.provision(prodStack, { stage: 'prod' });
  expect(await user.plan(devStack)).toEqual([]);
  user.deleteState('prod');
  await user.teardown(prodStack, { stage: 'prod' });
  expect(user.census()).toEqual(devCensus);
  expect(await user.plan(devStack)).toEqual([]);
  user.deleteState();
  await user.teardown(devStack);
  expect(user.census()).toEqual({});
});
