/** Releases the elastic IP, once the NAT gateway that held it has let go. */
import { ReleaseAddressCommand } from '@aws-sdk/client-ec2';
import { gone } from '../lib/gone.ts';
import type { Removal } from '../lib/step.ts';

export const elasticIp: Removal<'elasticIp'> = {
  /** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReleaseAddress.html */
  remove: ({ aws, item }) =>
    gone(() => aws.ec2(new ReleaseAddressCommand({ AllocationId: item.allocationId }))),
};
