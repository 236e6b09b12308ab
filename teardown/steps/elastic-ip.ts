/** Releases the elastic IP, once the NAT gateway that used it is deleted. */
import { ReleaseAddressCommand } from '@aws-sdk/client-ec2';
import { isCode } from '../../lib/aws/errors.ts';
import { ignoringNotFound } from '../../lib/engine/delete.ts';
import { lookElasticIp } from '../../lib/look/elastic-ip.ts';
import type { Removal } from '../../lib/engine/step.ts';

export const elasticIp: Removal<'elasticIp'> = {
  /**
   * "Not found" may refer to a network interface of the NAT gateway, and an authorisation failure may mean that the gateway
   * still uses the address. Both are transient. If the authorisation failure persists, the address may have been released
   * earlier and may belong to another account by now. A look shows whether it is still ours.
   * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReleaseAddress.html
   */
  async remove(context) {
    const { aws, existing } = context;
    const { allocationId } = existing;
    const isReleased = async (error: unknown) => {
      if (!isCode(error, 'AuthFailure')) {
        return isCode(error, 'InvalidAllocationID.NotFound', 'InvalidAddress.NotFound');
      }
      const ours = [...(await lookElasticIp(context.newLookContext())).values()];
      return !ours.some((address) => address.allocationId === allocationId);
    };
    await ignoringNotFound(
      () => aws.ec2(new ReleaseAddressCommand({ AllocationId: allocationId })),
      isReleased,
    );
  },
};
