/** Removes the VPC, once nothing lives in it any more. */
import { DeleteVpcCommand } from '@aws-sdk/client-ec2';
import { gone } from '../lib/gone.ts';
import type { Removal } from '../lib/step.ts';

export const vpc: Removal<'vpc'> = {
  /** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpc.html */
  remove: ({ aws, item }) => gone(() => aws.ec2(new DeleteVpcCommand({ VpcId: item.vpcId }))),
};
