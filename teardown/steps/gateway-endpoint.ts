/** Removes the gateway endpoint, and waits until it is deleted: until then its routes are in the route tables. */
import { DeleteVpcEndpointsCommand } from '@aws-sdk/client-ec2';
import { throwingRefusals } from '../../lib/engine/delete.ts';
import type { Removal } from '../../lib/engine/step.ts';
import { probeEndpointGone } from '../../lib/look/gateway-endpoint.ts';

export const gatewayEndpoint: Removal<'gatewayEndpoint'> = {
  /** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpcEndpoints.html */
  async remove(context) {
    const { aws, existing } = context;
    const { vpcEndpointId } = existing;
    await throwingRefusals(async () => {
      const { Unsuccessful = [] } = await aws.ec2(
        new DeleteVpcEndpointsCommand({ VpcEndpointIds: [vpcEndpointId] }),
      );
      return Unsuccessful.map(({ Error: error }) => ({ code: error?.Code, message: error?.Message }));
    });
    await context.until(`VPC endpoint ${vpcEndpointId} to be gone`, 'vpcEndpointGone', () =>
      probeEndpointGone(aws, vpcEndpointId),
    );
  },
};
