// The tags of the sandbox's EC2 resources, through the SDK's client.
import {
  CreateTagsCommand,
  CreateVpcCommand,
  DeleteTagsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeTagsCommand,
  type Tag,
} from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { refusalOf, sandbox } from '../../harness.ts';
import { makerOf, natGateway } from './scene.ts';

async function scene() {
  const started = await sandbox();
  const { ec2 } = started;
  return {
    ...started,
    make: makerOf(ec2),
    tag: (Resources: string[], ...Tags: Tag[]) => ec2.send(new CreateTagsCommand({ Resources, Tags })),
    untag: (Resources: string[], ...Tags: Tag[]) =>
      ec2.send(new DeleteTagsCommand({ Resources, Tags: Tags.length > 0 ? Tags : undefined })),
    tags: async (Name: string, ...Values: string[]) =>
      (await ec2.send(new DescribeTagsCommand({ Filters: [{ Name, Values }] }))).Tags,
  };
}

test('every kind of resource can be tagged, and each tag description names the kind', async () => {
  const { ec2, make, tag, tags } = await scene();
  const vpc = await make.vpc();
  const subnet = await make.subnet(vpc);
  const taggedResources: [string, string][] = [
    [vpc, 'vpc'],
    [subnet, 'subnet'],
    [await make.gateway(vpc), 'internet-gateway'],
    [await make.table(vpc), 'route-table'],
    [await make.group(vpc), 'security-group'],
  ];
  const allocation = await make.address();
  taggedResources.push([allocation, 'elastic-ip']);
  const nat = await make.nat(subnet, allocation);
  taggedResources.push([nat, 'natgateway']);
  await natGateway(ec2, nat);
  const { NetworkInterfaces } = await ec2.send(new DescribeNetworkInterfacesCommand({}));
  taggedResources.push([NetworkInterfaces?.[0]?.NetworkInterfaceId ?? '', 'network-interface']);
  await tag(
    taggedResources.map(([id]) => id),
    { Key: 'team', Value: 'one' },
  );
  const found = await tags('tag:team', 'one');
  expect(found).toHaveLength(taggedResources.length);
  expect(found).toEqual(
    expect.arrayContaining(
      taggedResources.map(([ResourceId, ResourceType]) => ({
        ResourceId,
        ResourceType,
        Key: 'team',
        Value: 'one',
      })),
    ),
  );
  const tagged = new DescribeNetworkInterfacesCommand({ Filters: [{ Name: 'tag-key', Values: ['team'] }] });
  expect((await ec2.send(tagged)).NetworkInterfaces).toHaveLength(1);
});

test("tagging a resource again replaces the key's value and keeps the other tags", async () => {
  const { make, tag, tags } = await scene();
  const vpc = await make.vpc();
  await tag([vpc], { Key: 'a', Value: '1' }, { Key: 'b', Value: '2' });
  await tag([vpc], { Key: 'b', Value: '3' });
  expect((await tags('resource-id', vpc))?.map(({ Key, Value }) => `${Key}=${Value}`)).toEqual([
    'a=1',
    'b=3',
  ]);
  expect(await tags('key', 'a')).toHaveLength(1);
  expect(await tags('value', '2')).toEqual([]);
  expect(await tags('resource-type', 'subnet')).toEqual([]);
});

test('tags can be removed by key, by key and value, or all together', async () => {
  const { make, tag, untag, tags } = await scene();
  const vpc = await make.vpc();
  const keys = async () => (await tags('resource-id', vpc))?.map(({ Key }) => Key);
  await tag([vpc], ...['a', 'b', 'c', 'd'].map((Key) => ({ Key, Value: Key })));
  await untag([vpc], { Key: 'a' });
  expect(await keys()).toEqual(['b', 'c', 'd']);
  await untag([vpc], { Key: 'b', Value: 'other' }, { Key: 'c', Value: 'c' });
  expect(await keys()).toEqual(['b', 'd']);
  await untag([vpc]);
  expect(await keys()).toEqual([]);
});

test.each([
  ['vpc-0', 'InvalidVpcID.NotFound'],
  ['subnet-0', 'InvalidSubnetID.NotFound'],
  ['nat-0', 'NatGatewayNotFound'],
  ['sg-0', 'InvalidGroup.NotFound'],
  ['sgr-0', 'InvalidSecurityGroupRuleId.NotFound'],
  ['eipalloc-0', 'InvalidAllocationID.NotFound'],
  ['eni-0', 'InvalidNetworkInterfaceID.NotFound'],
  ['nonsense', 'InvalidID'],
])('tagging a VPC together with %s is refused with %s, and the VPC is not tagged', async (id, code) => {
  const { make, tag, tags } = await scene();
  const vpc = await make.vpc();
  expect(await refusalOf(tag([vpc, id], { Key: 'a', Value: '1' }))).toMatchObject({ code });
  expect(await tags('resource-id', vpc)).toEqual([]);
});

test('a tag key that starts with aws: is refused', async () => {
  const { make, tag } = await scene();
  const call = tag([await make.vpc()], { Key: 'aws:mine', Value: '1' });
  expect(await refusalOf(call)).toMatchObject({ code: 'InvalidParameterValue' });
});

test('a resource can have at most fifty tags', async () => {
  const { make, tag } = await scene();
  const vpc = await make.vpc();
  await tag([vpc], ...Array.from({ length: 50 }, (_, i) => ({ Key: `k${i}`, Value: '' })));
  expect(await refusalOf(tag([vpc], { Key: 'k50', Value: '' }))).toMatchObject({ code: 'TagLimitExceeded' });
});

test('a create call refuses tags for a different kind of resource', async () => {
  const { ec2 } = await scene();
  const command = new CreateVpcCommand({
    CidrBlock: '10.0.0.0/16',
    TagSpecifications: [{ ResourceType: 'subnet', Tags: [{ Key: 'a', Value: '1' }] }],
  });
  expect(await refusalOf(ec2.send(command))).toMatchObject({ code: 'InvalidParameterValue' });
});

test('a call that names no resources or no tags is refused', async () => {
  const { make, tag, untag } = await scene();
  expect(await refusalOf(tag([], { Key: 'a', Value: '1' }))).toMatchObject({ code: 'MissingParameter' });
  expect(await refusalOf(tag([await make.vpc()]))).toMatchObject({ code: 'MissingParameter' });
  expect(await refusalOf(untag([], { Key: 'a' }))).toMatchObject({ code: 'MissingParameter' });
});
