// A stack in one region of each partition of AWS: everything gets the ARNs and the registry of that partition.
import { expect, test } from '@jest/globals';
import { account } from './harness.ts';
import { container, stack } from './stacks.ts';

const REGIONS = [
  ['eu-west-1', 'aws', 'amazonaws.com'],
  ['cn-north-1', 'aws-cn', 'amazonaws.com.cn'],
  ['us-gov-west-1', 'aws-us-gov', 'amazonaws.com'],
  ['eusc-de-east-1', 'aws-eusc', 'amazonaws.eu'],
  ['us-iso-east-1', 'aws-iso', 'c2s.ic.gov'],
  ['us-isob-east-1', 'aws-iso-b', 'sc2s.sgov.gov'],
  ['eu-isoe-west-1', 'aws-iso-e', 'cloud.adc-e.uk'],
  ['us-isof-south-1', 'aws-iso-f', 'csp.hci.ic.gov'],
] as const;

/** Returns a stack with two images: one is built, and the other is already in a registry of the region. */
const stackIn = (region: string, dnsSuffix: string) =>
  stack({
    region,
    services: {
      web: {
        containers: {
          app: { source: 'app', port: 5000, path: '/app', environment: { PORT: '5000' } },
          other: container('other', 6000, {
            image: `123456789012.dkr.ecr.${region}.${dnsSuffix}/team/other:1`,
            essential: false,
          }),
        },
      },
    },
  });

test.each(REGIONS)(
  'a stack in %s has the ARNs and the registry of the partition %s',
  async (region, partition, dnsSuffix) => {
    const user = await account();
    const input = stackIn(region, dnsSuffix);
    await user.provision(input);
    expect(await user.plan(input)).toEqual([]);

    const worldText = JSON.stringify(user.sandbox.world.snapshot());
    expect(new Set(worldText.match(/arn:aws[\w-]*(?=:)/g))).toEqual(new Set([`arn:${partition}`]));
    expect(new Set(worldText.match(/(?<=\.dkr\.ecr\.)[\w.-]+(?=\/)/g))).toEqual(
      new Set([`${region}.${dnsSuffix}`]),
    );
    const { roles = {}, taskDefinitions = {} } = groupedByNoun(user.ids());
    expect(Object.values(roles).map(({ roleArn }) => roleArn)).toEqual([
      expect.stringMatching(`^arn:${partition}:iam::`),
      expect.stringMatching(`^arn:${partition}:iam::`),
    ]);
    expect(Object.keys(taskDefinitions)).toEqual(['web']);

    await user.teardown(input);
    expect(user.census()).toEqual({});
  },
);

test('in a partition whose domain is not amazonaws.com, tasks run from images in the registry of that partition', async () => {
  const user = await account({ realTasks: true });
  const input = stack({
    region: 'cn-north-1',
    services: {
      web: {
        containers: {
          app: { source: 'app', port: 5000, path: '/app', environment: { PORT: '5000', NAME: 'app' } },
        },
      },
    },
  });
  await user.provision(input, { wait: true });
  expect(user.census()).toMatchObject({ 'ecs.tasks': 1 });
});

/** Groups the ids of a state file by noun. */
function groupedByNoun(ids: Record<string, Record<string, string>>) {
  const grouped: Record<string, Record<string, Record<string, string>>> = {};
  for (const [address, fields] of Object.entries(ids)) {
    const [noun = '', key = ''] = address.split(/\.(.*)/s);
    (grouped[noun] ??= {})[key] = fields;
  }
  return grouped;
}
