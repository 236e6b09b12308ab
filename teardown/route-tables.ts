/** Removes a public or private route table, after its associations. */
import { DeleteRouteTableCommand, DisassociateRouteTableCommand } from '@aws-sdk/client-ec2';
import { ignoringNotFound } from '../lib/engine/delete.ts';
import type { RemoveContext } from '../lib/engine/step.ts';

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteRouteTable.html */
export async function removeRouteTable({
  aws,
  existing,
}: RemoveContext<'publicRoutes' | 'privateRoutes'>): Promise<void> {
  await Promise.all(
    Object.values(existing.associations).map((AssociationId) =>
      ignoringNotFound(() => aws.ec2(new DisassociateRouteTableCommand({ AssociationId }))),
    ),
  );
  await ignoringNotFound(() => aws.ec2(new DeleteRouteTableCommand({ RouteTableId: existing.routeTableId })));
}
