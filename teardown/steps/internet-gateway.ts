/** Detaches and removes the internet gateway. AWS only allows this once the VPC has no mapped public addresses. */
import { DeleteInternetGatewayCommand, DetachInternetGatewayCommand } from '@aws-sdk/client-ec2';
import { isCode, isNotFound } from '../../lib/aws/errors.ts';
import { ignoringNotFound } from '../../lib/engine/delete.ts';
import type { Removal } from '../../lib/engine/step.ts';
import { removeWhenUnused, dependentsInVpc } from '../in-use.ts';

const isDetached = (error: unknown): boolean => isNotFound(error) || isCode(error, 'Gateway.NotAttached');

export const internetGateway: Removal<'internetGateway'> = {
  /** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DetachInternetGateway.html */
  async remove(context) {
    const { aws, existing } = context;
    const { internetGatewayId: InternetGatewayId, attachedTo: VpcId } = existing;
    if (VpcId !== undefined) {
      await removeWhenUnused(
        context,
        InternetGatewayId,
        () => dependentsInVpc(context, { id: InternetGatewayId, vpcId: VpcId }),
        (options) => aws.ec2(new DetachInternetGatewayCommand({ InternetGatewayId, VpcId }), options),
        isDetached,
      );
    }
    await ignoringNotFound(() => aws.ec2(new DeleteInternetGatewayCommand({ InternetGatewayId })));
  },
};
