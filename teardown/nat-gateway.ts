/** Removes the NAT gateway, and waits until it is deleted: until then it holds its address and its subnet. */
import { DeleteNatGatewayCommand } from '@aws-sdk/client-ec2';
import { gone } from '../lib/gone.ts';
import { lookNatGateway } from '../lib/look/nat-gateway.ts';
import type { Removal } from '../lib/step.ts';
import { pending, ready } from '../lib/until.ts';

export const natGateway: Removal<'natGateway'> = {
  /** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteNatGateway.html */
  async remove(undo) {
    const { natGatewayId } = undo.item;
    await gone(() => undo.aws.ec2(new DeleteNatGatewayCommand({ NatGatewayId: natGatewayId })));
    await undo.until(`NAT gateway ${natGatewayId} to be gone`, 'natGatewayGone', async () => {
      const left = [...(await lookNatGateway(undo.see())).values()];
      const self = left.find((nat) => nat.natGatewayId === natGatewayId);
      return self ? pending(self.state) : ready(undefined);
    });
  },
};
