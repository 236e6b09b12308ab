/** Releases the elastic IP, once the NAT gateway that held it has let go. */
import { ReleaseAddressCommand } from '@aws-sdk/client-ec2';
import { isCode } from '../../lib/aws/errors.ts';
import { ignoringNotFound } from '../../lib/engine/delete.ts';
import { lookElasticIp } from '../../lib/look/elastic-ip.ts';
import type { Removal } from '../../lib/engine/step.ts';

export const elasticIp: Removal<'elasticIp'> = {
  /**
   * «Not found» can be about an interface of the NAT gateway, and «not ours» can mean that it still holds the address:
   * both pass. What is left of the latter is an address that was released before and is somebody else's by now.
   * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReleaseAddress.html
   */
  async remove(context) {
    const { aws, existing: item } = context;
    const { allocationId } = item;
    const isReleased = async (error: unknown) => {
      if (!isCode(error, 'AuthFailure')) {
        return isCode(error, 'InvalidAllocationID.NotFound', 'InvalidAddress.NotFound');
      }
      const ours = [...(await lookElasticIp(context.newLook())).values()];
      return !ours.some((address) => address.allocationId === allocationId);
    };
    await ignoringNotFound(
      () => aws.ec2(new ReleaseAddressCommand({ AllocationId: allocationId })),
      isReleased,
    );
  },
};
