/** Removes a subnet, once the network interfaces in it are gone. */
import { DeleteSubnetCommand } from '@aws-sdk/client-ec2';
import { ignoringNotFound } from '../../lib/engine/delete.ts';
import type { Removal } from '../../lib/engine/step.ts';
import { explainInUse } from '../in-use.ts';

export const subnets: Removal<'subnets'> = {
  /** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSubnet.html */
  remove: ({ aws, existing: { subnetId, vpcId } }) =>
    explainInUse(aws, { id: subnetId, vpcId }, () =>
      ignoringNotFound(() => aws.ec2(new DeleteSubnetCommand({ SubnetId: subnetId }))),
    ),
};
