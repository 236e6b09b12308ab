/** The row of an id, or EC2's refusal: what every operation on one thing starts with. */
import type { Refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';
import type { Table } from '../../world/table.ts';
import * as errors from './errors.ts';
import type { Ec2Store } from './store.ts';

function finder<Row extends object>(
  member: string,
  table: (store: Ec2Store) => Table<Row>,
  notFound: (id: string) => Refusal,
) {
  return ({ ec2 }: Region, id: string | undefined): Row => {
    if (!id) throw errors.missingParameter(member);
    const row = table(ec2).get(id);
    if (!row) throw notFound(id);
    return row;
  };
}

export const vpcOf = finder('vpcId', (ec2) => ec2.vpcs, errors.vpcNotFound);
export const subnetOf = finder('subnetId', (ec2) => ec2.subnets, errors.subnetNotFound);
export const groupOf = finder('groupId', (ec2) => ec2.securityGroups, errors.groupNotFound);
export const routeTableOf = finder('routeTableId', (ec2) => ec2.routeTables, errors.routeTableNotFound);
export const addressOf = finder('allocationId', (ec2) => ec2.addresses, errors.allocationNotFound);
export const interfaceOf = finder(
  'networkInterfaceId',
  (ec2) => ec2.networkInterfaces,
  errors.interfaceNotFound,
);
export const gatewayOf = finder(
  'internetGatewayId',
  (ec2) => ec2.internetGateways,
  errors.internetGatewayNotFound,
);
