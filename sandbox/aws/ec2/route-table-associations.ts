/** Associations of route tables: with a subnet or, for the main table, with the whole VPC. */
import type * as EC2 from '@aws-sdk/client-ec2';
import type { RouteTableAssociation } from '@aws-sdk/client-ec2';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { rowOf } from '../finder.ts';
import {
  alreadyAssociated,
  differentNetworks,
  associationNotFound,
  invalidParameter,
  missingParameter,
} from './errors.ts';
import type { RouteTableRow } from './store.ts';

/** Associates a table with a subnet, or makes it the main table of its VPC. */
export function associate(
  region: Region,
  table: RouteTableRow,
  subnetOrMain: { SubnetId: string } | { Main: true },
): RouteTableAssociation {
  const association: RouteTableAssociation = {
    RouteTableAssociationId: region.id('rtbassoc'),
    RouteTableId: table.RouteTableId,
    AssociationState: { State: 'associated' },
    Main: false,
    ...subnetOrMain,
  };
  table.Associations.push(association);
  return association;
}

/** @throws InvalidAssociationID.NotFound */
function associationOf(region: Region, id: string | undefined) {
  if (!id) throw missingParameter('associationId');
  for (const table of region.ec2.routeTables.all()) {
    const association = table.Associations.find((one) => one.RouteTableAssociationId === id);
    if (association) return { table, association, id };
  }
  throw associationNotFound(id);
}

function dissociate(table: RouteTableRow, association: RouteTableAssociation): void {
  table.Associations = table.Associations.filter((one) => one !== association);
}

const associationResponse = ({ RouteTableAssociationId, AssociationState }: RouteTableAssociation) => ({
  AssociationId: RouteTableAssociationId,
  NewAssociationId: RouteTableAssociationId,
  AssociationState,
});

export const routeTableAssociationOperations = {
  /**
   * AWS does not document what happens when a call is repeated with the same table. The sandbox refuses the repeated call,
   * like any other second association of a subnet. Callers that first search for an existing association are not affected.
   * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateRouteTable.html
   */
  AssociateRouteTable: {
    inputMembers: ['RouteTableId', 'SubnetId'],
    run(input, region) {
      const table = rowOf(region.ec2.routeTables, input.RouteTableId);
      const { SubnetId, VpcId } = rowOf(region.ec2.subnets, input.SubnetId);
      const { RouteTableId } = table;
      if (table.VpcId !== VpcId) throw differentNetworks(`Route table ${RouteTableId}`, `subnet ${SubnetId}`);
      const associatedTable = region.ec2.routeTables.find(({ Associations }) =>
        Associations.some((one) => one.SubnetId === SubnetId),
      );
      if (associatedTable) {
        throw alreadyAssociated(
          `the specified association for route table ${RouteTableId} conflicts with an existing association`,
        );
      }
      return associationResponse(associate(region, table, { SubnetId }));
    },
  },

  /** Moves an association to another table. A table that receives the main association becomes the main table. */
  ReplaceRouteTableAssociation: {
    inputMembers: ['AssociationId', 'RouteTableId'],
    run(input, region) {
      const { table: from, association } = associationOf(region, input.AssociationId);
      const to = rowOf(region.ec2.routeTables, input.RouteTableId);
      if (from.VpcId !== to.VpcId) {
        throw differentNetworks(
          `Route table ${to.RouteTableId}`,
          `association ${association.RouteTableAssociationId}`,
        );
      }
      dissociate(from, association);
      const { SubnetId } = association;
      return associationResponse(
        associate(region, to, SubnetId === undefined ? { Main: true } : { SubnetId }),
      );
    },
  },

  DisassociateRouteTable: {
    inputMembers: ['AssociationId'],
    run(input, region) {
      const { table, association, id } = associationOf(region, input.AssociationId);
      if (association.Main) {
        throw invalidParameter(`cannot disassociate the main route table association ${id}`);
      }
      dissociate(table, association);
      return {};
    },
  },
} satisfies Operations<typeof EC2>;
