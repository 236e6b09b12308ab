/** The internet gateway: the way of the public subnets in and out, attached to the VPC. */
import { AttachInternetGatewayCommand, CreateInternetGatewayCommand } from '@aws-sdk/client-ec2';
import { adopt } from '../../lib/engine/adopt.ts';
import { isCode } from '../../lib/aws/errors.ts';
import { compare, knownAfter, touches, type DesiredFields } from '../../lib/model/change.ts';
import { createOnce } from '../../lib/engine/create-once.ts';
import type { Survey } from '../../lib/look/found.ts';
import type { Desired } from '../../lib/look/context.ts';
import { only, ONLY } from '../../lib/model/resources.ts';
import { retag } from '../../lib/aws/retag.ts';
import type { ApplyContext, Step } from '../../lib/engine/step.ts';
import { tagFields, toPascalCaseTags, desiredTags } from '../../lib/derive/tags.ts';

const desiredFields = (desired: Desired, found: Survey): DesiredFields => ({
  'attached to': only(found.vpc)?.vpcId ?? knownAfter('vpc'),
  ...desiredTags(desired, 'internetGateway', ONLY),
});

export const internetGateway: Step<'internetGateway'> = {
  diff: (desired, found) =>
    compare({
      noun: 'internetGateway',
      desired: new Map([[ONLY, desiredFields(desired, found)]]),
      found: found.internetGateway,
      fieldsOf: ({ attachedTo, tags }) => ({
        ...(attachedTo !== undefined && { 'attached to': attachedTo }),
        ...tagFields(tags),
      }),
      cannotUpdate: ({ attachedTo }) =>
        attachedTo === undefined || attachedTo === only(found.vpc)?.vpcId
          ? undefined
          : `it is attached to ${attachedTo}, which is not the VPC of this stack`,
    }),

  async apply(context) {
    const internetGatewayId = context.existing?.internetGatewayId ?? (await create(context));
    await context.record({ internetGatewayId });
    if (touches(context.change, 'attached to')) await attach(context, internetGatewayId);
    await retag(context, internetGatewayId);
    return { internetGatewayId };
  },
};

/** No client token: the tags that travel in the call are how it is found again. */
const create = (context: ApplyContext<'internetGateway'>): Promise<string> =>
  createOnce(
    context.duplicateGuard,
    async () => (await context.lookAgain())?.internetGatewayId,
    async () => {
      const { InternetGateway } = await context.aws.ec2Once(
        new CreateInternetGatewayCommand({
          TagSpecifications: [{ ResourceType: 'internet-gateway', Tags: toPascalCaseTags(context.tags) }],
        }),
      );
      return InternetGateway?.InternetGatewayId;
    },
  );

/**
 * «Already associated» means three things: attached to our VPC (by a call whose answer was lost), attached to another
 * VPC, or our VPC has another gateway. Only a look tells.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AttachInternetGateway.html
 */
async function attach(context: ApplyContext<'internetGateway'>, InternetGatewayId: string): Promise<void> {
  const VpcId = only(context.ids.vpc)?.vpcId;
  try {
    await context.aws.ec2(new AttachInternetGatewayCommand({ InternetGatewayId, VpcId }));
  } catch (error) {
    if (!isCode(error, 'Resource.AlreadyAssociated')) throw error;
    const again = async () =>
      (await context.lookAgain())?.attachedTo === VpcId ? InternetGatewayId : undefined;
    await adopt(
      { duplicateGuard: context.duplicateGuard, lookAgain: again },
      `the place of the internet gateway of ${VpcId}`,
      error,
    );
  }
}
