/** Removes a subnet, once the network interfaces in it are gone. */
import { DeleteSubnetCommand } from '@aws-sdk/client-ec2';
import type { Removal } from '../../lib/engine/step.ts';
import { removeWhenUnused, dependentsInVpc } from '../in-use.ts';

export const subnets: Removal<'subnets'> = {
  /** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSubnet.html */
  remove(context) {
    const { subnetId, vpcId } = context.existing;
    return removeWhenUnused(
      context,
      subnetId,
      () => dependentsInVpc(context, { id: subnetId, vpcId }),
      (options) => context.aws.ec2(new DeleteSubnetCommand({ SubnetId: subnetId }), options),
    );
  },
};
