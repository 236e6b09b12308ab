/** Removes the NAT gateway, and waits until it is deleted: until then, its address and its subnet are in use. */
import { DeleteNatGatewayCommand } from '@aws-sdk/client-ec2';
import { ignoringNotFound } from '../../lib/engine/delete.ts';
import { probeNatGatewayGone } from '../../lib/look/nat-gateway.ts';
import type { Removal } from '../../lib/engine/step.ts';

export const natGateway: Removal<'natGateway'> = {
  /** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteNatGateway.html */
  async remove(context) {
    const { aws, existing } = context;
    const { natGatewayId } = existing;
    await ignoringNotFound(() => aws.ec2(new DeleteNatGatewayCommand({ NatGatewayId: natGatewayId })));
    await context.until(`NAT gateway ${natGatewayId} to be gone`, 'natGatewayGone', () =>
      probeNatGatewayGone(aws, natGatewayId),
    );
  },
};
