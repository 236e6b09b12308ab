/** Removes a route table, public or private: its associations first. */
import { DeleteRouteTableCommand, DisassociateRouteTableCommand } from '@aws-sdk/client-ec2';
import { gone } from '../lib/engine/delete.ts';
import type { Undo } from '../lib/engine/step.ts';

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteRouteTable.html */
export async function removeRouteTable({ aws, item }: Undo<'publicRoutes' | 'privateRoutes'>): Promise<void> {
  await Promise.all(
    Object.values(item.associations).map((AssociationId) =>
      gone(() => aws.ec2(new DisassociateRouteTableCommand({ AssociationId }))),
    ),
  );
  await gone(() => aws.ec2(new DeleteRouteTableCommand({ RouteTableId: item.routeTableId })));
}
