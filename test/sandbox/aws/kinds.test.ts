// The declarations of the sandbox's tables name operations that exist, and every kind of resource has tags and lag.
import { emptyListOperations } from '../../../sandbox/aws/ec2/empty-lists.ts';
import { CreateTagsCommand, DescribeTagsCommand } from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { resourceTables as ec2Tables } from '../../../sandbox/aws/ec2/store.ts';
import { resourceTables as ecsTables } from '../../../sandbox/aws/ecs/store.ts';
import { emptyAccountListOperations } from '../../../sandbox/aws/iam/empty-account-lists.ts';
import { userOperations } from '../../../sandbox/aws/iam/users.ts';
import { services } from '../../../sandbox/services.ts';
import { storesOf } from '../../../sandbox/world/stores.ts';
import { World } from '../../../sandbox/world/world.ts';
import { resultOf, sandboxInWeather } from '../chaos/scene.ts';
import { refusalOf, sandbox } from '../harness.ts';

const region = new World().region('eu-west-1');
const operationsOf = (service: string): string[] =>
  Object.keys(Object.values(services).find(({ name }) => name === service)?.operations ?? {});
const isLagging = (table: (typeof tables)[number]): boolean => table.lag !== 'none';
const tables = Object.entries(storesOf(region)).flatMap(([service, store]) =>
  Object.entries(store).map(([name, { kind }]) => ({ service, name: `${service}.${name}`, lag: kind.lag })),
);
const listedBy = ({ lag }: (typeof tables)[number]): readonly string[] =>
  lag === 'none' ? [] : lag.listedBy;

/** Operations that read data without lag, data derived from other rows, or the parts of a single resource. */
const READS_WITHOUT_LAG = [
  ...[
    'AccountAttributes',
    'AddressesAttribute',
    'AvailabilityZones',
    'DhcpOptions',
    'VpcEndpointServices',
    'PrefixLists',
    'Regions',
    'VpcAttribute',
  ].map((name) => `ec2 Describe${name}`),
  ...[
    'AccountLimits',
    'CapacityReservation',
    'ListenerAttributes',
    'ListenerCertificates',
    'LoadBalancerAttributes',
    'SSLPolicies',
    'Tags',
  ].map((name) => `elbv2 Describe${name}`),
  'acm DescribeCertificate',
  'acm ListTagsForCertificate',
  // These lists are always empty, because the sandbox does not have the kinds.
  ...Object.keys(emptyListOperations).map((operation) => `ec2 ${operation}`),
  ...['ContainerInstances', 'Attributes', 'ServicesByNamespace', 'AccountSettings'].map(
    (name) => `ecs List${name}`,
  ),
  ...['CapacityProviders', 'ContainerInstances'].map((name) => `ecs Describe${name}`),
  ...Object.keys(emptyAccountListOperations).map((operation) => `iam ${operation}`),
  // The only user always exists.
  ...Object.keys(userOperations)
    .filter((operation) => operation.startsWith('List'))
    .map((operation) => `iam ${operation}`),
  ...['TargetGroupAttributes', 'TargetHealth'].map((name) => `elbv2 Describe${name}`),
  ...['Clusters', 'ServiceDeployments', 'ServiceRevisions', 'Services', 'TaskDefinition', 'Tasks'].map(
    (name) => `ecs Describe${name}`,
  ),
  ...['ServiceDeployments', 'TagsForResource'].map((name) => `ecs List${name}`),
  ...['ResourceRecordSets', 'TagsForResource', 'TagsForResources'].map((name) => `route53 List${name}`),
  ...['AttachedRolePolicies', 'InstanceProfilesForRole', 'RolePolicies', 'RoleTags'].map(
    (name) => `iam List${name}`,
  ),
  ...['EntitiesForPolicy', 'PolicyTags', 'PolicyVersions'].map((name) => `iam List${name}`),
  // Objects are consistent, unlike buckets.
  ...['ObjectVersions', 'Objects', 'ObjectsV2'].map((name) => `s3 List${name}`),
];

test('every list operation that a kind declares exists in the sandbox', () => {
  for (const table of tables) {
    expect({
      name: table.name,
      unknown: listedBy(table).filter((op) => !operationsOf(table.service).includes(op)),
    }).toEqual({ name: table.name, unknown: [] });
  }
});

test('if the kinds of a service lag, each list operation is either declared by a kind or known to have no lag', () => {
  const lagging = new Set(tables.filter(isLagging).map(({ service }) => service));
  const lists = [...lagging].flatMap((service) =>
    operationsOf(service)
      .filter((operation) => /^(Describe|List)/.test(operation))
      .map((operation) => `${service} ${operation}`),
  );
  const declared = tables.flatMap((table) =>
    listedBy(table).map((operation) => `${table.service} ${operation}`),
  );
  expect(lists.filter((list) => !declared.includes(list)).sort()).toEqual([...READS_WITHOUT_LAG].sort());
});

test('no two kinds share an id prefix, a tag type or an ARN type', () => {
  const ec2 = ec2Tables(region.ec2).map(({ kind }) => kind);
  for (const values of [
    ec2.map(({ idPrefix }) => idPrefix),
    ec2.map(({ tagType }) => tagType),
    Object.values(region.elbv2).map(({ kind }) => kind.arnType),
    ecsTables(region.ecs).map(({ kind }) => kind.arnType),
  ]) {
    expect(new Set(values).size).toBe(values.length);
  }
});

test('every call that creates an EC2 resource accepts tags for it, except where the call of AWS accepts no tags', () => {
  const ec2 = services['ec2']?.operations ?? {};
  const untagged = Object.entries(ec2)
    .filter(
      ([name, { inputMembers }]) =>
        /^(Create|Allocate)/.test(name) && !inputMembers.includes('TagSpecifications'),
    )
    .map(([name]) => name);
  expect(untagged.toSorted()).toEqual([
    'CreateDefaultSubnet',
    'CreateDefaultVpc',
    'CreateNetworkAclEntry',
    'CreateRoute',
    'CreateTags',
  ]);
});

const KINDS = ec2Tables(region.ec2).map(({ kind }) => [kind.tagType, kind.idPrefix] as const);

test.each(KINDS)('tags can be added to a %s, but not to an unknown id', async (tagType, idPrefix) => {
  const { ec2, region: sandboxRegion } = await sandbox();
  const id = `${idPrefix}-1`;
  const Tags = [{ Key: 'a', Value: '1' }];
  const tag = () => ec2.send(new CreateTagsCommand({ Resources: [id], Tags }));
  expect((await refusalOf(tag())).code).toMatch(/NotFound$/);
  ec2Tables(sandboxRegion.ec2)
    .find(({ kind }) => kind.tagType === tagType)
    ?.set(id, {});
  await tag();
  const { Tags: found } = await ec2.send(new DescribeTagsCommand({}));
  expect(found).toEqual([{ ResourceId: id, ResourceType: tagType, Key: 'a', Value: '1' }]);
});

test.each(KINDS)(
  'a new %s is unknown by id and missing from lists until the lag is over',
  async (tagType, idPrefix) => {
    const lag = 5000;
    const { ec2, region: sandboxRegion, clock } = await sandboxInWeather({ idLagMs: lag, listLagMs: lag });
    const id = `${idPrefix}-1`;
    const Tags = [{ Key: 'a', Value: '1' }];
    const tag = () => resultOf(ec2.send(new CreateTagsCommand({ Resources: [id], Tags })));
    const tagCount = async () => (await ec2.send(new DescribeTagsCommand({}))).Tags?.length;
    ec2Tables(sandboxRegion.ec2)
      .find(({ kind }) => kind.tagType === tagType)
      ?.set(id, { Tags });
    expect([await tag(), await tagCount()]).toEqual([expect.stringMatching(/NotFound$/), 0]);
    clock.advance(lag);
    expect([await tag(), await tagCount()]).toEqual(['ok', 1]);
  },
);

/** The VPC itself, kinds outside VPCs, and kinds inside a security group or subnet, which blocks the deletion in their place. */
const NOT_BLOCKING = [
  'vpc-flow-log',
  'vpc',
  'elastic-ip',
  'natgateway',
  'security-group-rule',
  'network-interface',
];

test('every kind of EC2 resource in a VPC blocks the deletion of the VPC, except a few', () => {
  const row = { Tags: [], VpcId: 'vpc-1', Attachments: [{ VpcId: 'vpc-1' }], Associations: [] };
  const kinds = ec2Tables(region.ec2).map(({ kind }) => kind);
  const notBlocking = kinds.filter(({ blockedVpcId }) => blockedVpcId(row) !== 'vpc-1');
  expect(notBlocking.map(({ tagType }) => tagType)).toEqual(NOT_BLOCKING);
});
