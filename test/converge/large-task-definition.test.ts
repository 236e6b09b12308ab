// The largest task definition that the check of the configuration accepts is also accepted by the sandbox.
import { DescribeTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { expect, test } from '@jest/globals';
import type { StackInput } from '../../lib/config/schema.ts';
import { account } from './harness.ts';

const stackWith = (value: string): StackInput => ({
  name: 'shop',
  region: 'eu-west-1',
  services: {
    web: {
      containers: {
        app: { source: 'app', port: 8000, path: '/app', environment: { BIG: value, 'small.one': 'é' } },
        worker: { image: 'public.ecr.aws/shop/worker:1', command: ['work', '"now"'] },
      },
    },
  },
});

test('the task definition of the largest accepted configuration is registered, and one more byte is refused before any call', async () => {
  const user = await account();
  const length = 70_000;
  const error = await user.provision(stackWith('x'.repeat(length))).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ code: 'CONFIG_INVALID' });
  const [, excess = ''] = /Remove (\d+) bytes/.exec(String(error)) ?? [];
  const largest = stackWith('x'.repeat(length - Number(excess)));
  await expect(user.provision(stackWith('x'.repeat(length - Number(excess) + 1)))).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    why: expect.stringContaining('Remove 1 byte:') as unknown,
  });
  expect(user.census()).toEqual({});

  // The sandbox also checks the size, and accepts a definition of exactly the maximum size.
  const { calls } = await user.provision(largest);
  expect(calls).toContain('ecs:RegisterTaskDefinition');
  expect(await user.plan(largest)).toEqual([]);
  const { taskDefinition } = await user.aws.ecs.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: 'shop-dev-web' }),
  );
  expect(taskDefinition?.containerDefinitions?.[0]?.environment).toHaveLength(3);
});
