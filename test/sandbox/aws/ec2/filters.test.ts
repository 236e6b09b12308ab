// Filters and paging, which every EC2 describe call supports.
import {
  CreateTagsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  type DescribeSubnetsRequest,
} from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { refusalOf, sandbox } from '../../harness.ts';
import { makerOf, required } from './scene.ts';

test('an unknown filter is refused', async () => {
  const { ec2 } = await sandbox();
  const command = new DescribeVpcsCommand({ Filters: [{ Name: 'colour', Values: ['red'] }] });
  expect(await refusalOf(ec2.send(command))).toMatchObject({ code: 'InvalidParameterValue' });
});

test('a resource is found when every filter has a value that matches it; * and ? in a value are wildcards', async () => {
  const { ec2 } = await sandbox();
  const make = makerOf(ec2);
  const [one, two] = [await make.vpc('10.1.0.0/16'), await make.vpc('10.2.0.0/16')];
  await ec2.send(new CreateTagsCommand({ Resources: [one], Tags: [{ Key: 'Name', Value: 'a.b' }] }));
  await ec2.send(new CreateTagsCommand({ Resources: [two], Tags: [{ Key: 'Name', Value: 'axb' }] }));
  const find = async (...filters: [name: string, ...values: string[]][]) => {
    const Filters = filters.map(([Name, ...Values]) => ({ Name, Values }));
    return (await ec2.send(new DescribeVpcsCommand({ Filters }))).Vpcs?.map(({ VpcId }) => VpcId);
  };
  expect(await find(['cidr', '10.1.0.0/16', '10.2.0.0/16'])).toEqual([one, two]);
  expect(await find(['cidr', '10.?.0.0/*'], ['tag:Name', 'axb'])).toEqual([two]);
  expect(await find(['tag:Name', 'a.*'])).toEqual([one]);
  expect(await find(['tag:name', 'axb'])).toEqual([]);
  expect(await find(['tag-key', 'Name'], ['state', 'pending'])).toEqual([]);
  expect(await find(['tag:Name', 'a\\?b'])).toEqual([]);
  // A matcher that backtracks would never finish with this pattern.
  await ec2.send(
    new CreateTagsCommand({ Resources: [one], Tags: [{ Key: 'Name', Value: 'a'.repeat(255) }] }),
  );
  expect(await find(['tag:Name', `${'*a'.repeat(50)}b`])).toEqual([]);
});

test('the size of a page is between five and a thousand, and an unknown token is refused', async () => {
  const { ec2 } = await sandbox();
  const make = makerOf(ec2);
  const vpc = await make.vpc();
  const ids: string[] = [];
  for (let i = 0; i < 6; i++) ids.push(await make.subnet(vpc, `10.0.${i}.0/24`));
  const describeSubnets = (input: DescribeSubnetsRequest) => ec2.send(new DescribeSubnetsCommand(input));
  const first = await describeSubnets({ MaxResults: 5 });
  const second = await describeSubnets({ MaxResults: 5, NextToken: first.NextToken });
  expect(second.NextToken).toBeUndefined();
  expect([...required(first.Subnets), ...required(second.Subnets)].map(({ SubnetId }) => SubnetId)).toEqual(
    ids,
  );
  expect(await refusalOf(describeSubnets({ NextToken: 'not-a-token' }))).toMatchObject({
    code: 'InvalidNextToken',
  });
  for (const MaxResults of [4, 1001]) {
    expect(await refusalOf(describeSubnets({ MaxResults }))).toMatchObject({ code: 'InvalidParameterValue' });
  }
});
