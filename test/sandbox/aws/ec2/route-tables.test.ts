// The sandbox's route tables and their associations, through the SDK's client.
import {
  AssociateRouteTableCommand,
  CreateRouteTableCommand,
  DeleteRouteTableCommand,
  DescribeRouteTablesCommand,
  DisassociateRouteTableCommand,
  ReplaceRouteTableAssociationCommand,
} from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { refusalOf, sandbox } from '../../harness.ts';
import { makerOf, required } from './scene.ts';

async function scene() {
  const started = await sandbox();
  const { ec2 } = started;
  const make = makerOf(ec2);
  const vpc = await make.vpc();
  return {
    ...started,
    make,
    vpc,
    find: async (Name: string, ...Values: string[]) =>
      required((await ec2.send(new DescribeRouteTablesCommand({ Filters: [{ Name, Values }] }))).RouteTables),
    associate: async (RouteTableId: string, SubnetId: string) =>
      required((await ec2.send(new AssociateRouteTableCommand({ RouteTableId, SubnetId }))).AssociationId),
    replace: async (AssociationId: string, RouteTableId: string) =>
      required(
        (await ec2.send(new ReplaceRouteTableAssociationCommand({ AssociationId, RouteTableId })))
          .NewAssociationId,
      ),
    disassociate: (AssociationId: string) => ec2.send(new DisassociateRouteTableCommand({ AssociationId })),
    remove: (RouteTableId: string) => ec2.send(new DeleteRouteTableCommand({ RouteTableId })),
  };
}

test('a new table has the local route of its VPC and the tags of its create call', async () => {
  const { ec2, vpc, find } = await scene();
  const { RouteTable } = await ec2.send(
    new CreateRouteTableCommand({
      VpcId: vpc,
      TagSpecifications: [{ ResourceType: 'route-table', Tags: [{ Key: 'Name', Value: 'private' }] }],
    }),
  );
  expect(await find('tag:Name', 'private')).toMatchObject([
    {
      RouteTableId: RouteTable?.RouteTableId,
      Associations: [],
      Routes: [
        {
          DestinationCidrBlock: '10.0.0.0/16',
          GatewayId: 'local',
          Origin: 'CreateRouteTable',
          State: 'active',
        },
      ],
    },
  ]);
});

test('a repeated client token returns the same table, even a deleted one; with other parameters, the token is refused', async () => {
  const { ec2, make, vpc, remove } = await scene();
  const create = async (VpcId: string) =>
    required(
      (await ec2.send(new CreateRouteTableCommand({ VpcId, ClientToken: 'one' }))).RouteTable?.RouteTableId,
    );
  const id = await create(vpc);
  expect(await create(vpc)).toBe(id);
  await remove(id);
  expect(await create(vpc)).toBe(id);
  expect(await refusalOf(create(await make.vpc()))).toMatchObject({ code: 'IdempotentParameterMismatch' });
});

test('a client token longer than 64 characters is refused', async () => {
  const { ec2, vpc } = await scene();
  const command = new CreateRouteTableCommand({ VpcId: vpc, ClientToken: 'x'.repeat(65) });
  expect(await refusalOf(ec2.send(command))).toMatchObject({ code: 'InvalidParameterValue' });
});

test('a subnet that is already associated cannot be associated again, not even with the same table', async () => {
  const { make, vpc, associate, find } = await scene();
  const subnet = await make.subnet(vpc);
  const [one, other] = [await make.table(vpc), await make.table(vpc)];
  await associate(one, subnet);
  for (const table of [one, other]) {
    expect(await refusalOf(associate(table, subnet))).toEqual({
      code: 'Resource.AlreadyAssociated',
      message: `the specified association for route table ${table} conflicts with an existing association`,
    });
  }
  expect((await find('association.subnet-id', subnet)).map((table) => table.RouteTableId)).toEqual([one]);
});

test('a table cannot be associated with a subnet of another VPC', async () => {
  const { make, vpc, associate } = await scene();
  const table = await make.table(vpc);
  const subnet = await make.subnet(await make.vpc());
  expect(await refusalOf(associate(table, subnet))).toEqual({
    code: 'InvalidParameterValue',
    message: `Route table ${table} and subnet ${subnet} belong to different networks`,
  });
});

test('replacing an association gives it a new id, and the old id no longer exists', async () => {
  const { make, vpc, associate, replace, disassociate, find } = await scene();
  const subnet = await make.subnet(vpc);
  const [one, other] = [await make.table(vpc), await make.table(vpc)];
  const old = await associate(one, subnet);
  const id = await replace(old, other);
  expect(await find('association.route-table-association-id', id)).toMatchObject([{ RouteTableId: other }]);
  expect(await refusalOf(disassociate(old))).toEqual({
    code: 'InvalidAssociationID.NotFound',
    message: `The association ID '${old}' does not exist`,
  });
  const tableOfOtherVpc = await make.table(await make.vpc());
  expect(await refusalOf(replace(id, tableOfOtherVpc))).toMatchObject({ code: 'InvalidParameterValue' });
});

test('the main association can be moved to another table, but cannot be removed', async () => {
  const { make, vpc, replace, disassociate, find, remove } = await scene();
  const [main] = await find('association.main', 'true');
  const id = required(main?.Associations?.[0]?.RouteTableAssociationId);
  expect(await refusalOf(disassociate(id))).toMatchObject({ code: 'InvalidParameterValue' });
  expect(await refusalOf(remove(required(main?.RouteTableId)))).toMatchObject({
    code: 'DependencyViolation',
  });
  const table = await make.table(vpc);
  await replace(id, table);
  expect((await find('association.main', 'true')).map((one) => one.RouteTableId)).toEqual([table]);
  await remove(required(main?.RouteTableId));
});

test('a table cannot be deleted while it has an association', async () => {
  const { make, vpc, associate, disassociate, remove } = await scene();
  const table = await make.table(vpc);
  const id = await associate(table, await make.subnet(vpc));
  expect(await refusalOf(remove(table))).toEqual({
    code: 'DependencyViolation',
    message: `The routeTable '${table}' has dependencies and cannot be deleted.`,
  });
  await disassociate(id);
  await remove(table);
  expect(await refusalOf(remove(table))).toEqual({
    code: 'InvalidRouteTableID.NotFound',
    message: `The routeTable ID '${table}' does not exist`,
  });
});
