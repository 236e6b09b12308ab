/** The internet gateway: it is attached to the VPC and connects the public subnets to the internet. */
import { AttachInternetGatewayCommand, CreateInternetGatewayCommand } from '@aws-sdk/client-ec2';
import { isCode } from '../../lib/aws/errors.ts';
import { retag } from '../../lib/aws/retag.ts';
import { desiredTags, tagFields, toPascalCaseTags, type TagField } from '../../lib/derive/tags.ts';
import { adopt } from '../../lib/engine/adopt.ts';
import { createOnce } from '../../lib/engine/create-once.ts';
import type { ApplyContext, Step } from '../../lib/engine/step.ts';
import type { Desired } from '../../lib/look/context.ts';
import type { Survey } from '../../lib/look/found.ts';
import { compare, knownAfter, touches, type DesiredFields } from '../../lib/model/change.ts';
import { only, ONLY } from '../../lib/model/resources.ts';

type Field = 'attached to' | TagField;

const desiredFields = (desired: Desired, found: Survey): DesiredFields<Field> => ({
  'attached to': only(found.vpc)?.vpcId ?? knownAfter('vpc'),
  ...desiredTags(desired, 'internetGateway', ONLY),
});

export const internetGateway: Step<'internetGateway', Field> = {
  diff: (desired, found) =>
    compare({
      noun: 'internetGateway',
      desired: new Map([[ONLY, desiredFields(desired, found)]]),
      found: found.internetGateway,
      fieldsOf: ({ attachedTo, tags }) => ({
        ...(attachedTo !== undefined && { 'attached to': attachedTo }),
        ...tagFields(tags),
      }),
      whyUnchangeable: ({ attachedTo }) =>
        attachedTo === undefined || attachedTo === only(found.vpc)?.vpcId
          ? undefined
          : `it is attached to ${attachedTo}, which is not the VPC of this stack`,
    }),

  /** AWS takes no client token here: the tags in the request identify the gateway. */
  create: ({ aws, duplicateGuard, lookAgain, tags }) =>
    createOnce(duplicateGuard, lookAgain, async () => {
      const { InternetGateway } = await aws.ec2Once(
        new CreateInternetGatewayCommand({
          TagSpecifications: [{ ResourceType: 'internet-gateway', Tags: toPascalCaseTags(tags) }],
        }),
      );
      const { InternetGatewayId } = InternetGateway ?? {};
      return InternetGatewayId === undefined ? undefined : { internetGatewayId: InternetGatewayId };
    }),

  async configure(context, { internetGatewayId }) {
    if (touches(context.change, 'attached to')) await attach(context, internetGatewayId);
    await retag(context, internetGatewayId);
  },
};

/**
 * "Already associated" has three meanings: the gateway is attached to our VPC (by a call whose response was lost), it is
 * attached to another VPC, or our VPC has another gateway. Only a look can tell.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AttachInternetGateway.html
 */
async function attach(
  { aws, duplicateGuard, ids, lookAgain }: ApplyContext<'internetGateway', Field>,
  InternetGatewayId: string,
): Promise<void> {
  const VpcId = only(ids.vpc)?.vpcId;
  try {
    await aws.ec2(new AttachInternetGatewayCommand({ InternetGatewayId, VpcId }));
  } catch (error) {
    if (!isCode(error, 'Resource.AlreadyAssociated')) throw error;
    const lookForOurs = async () =>
      (await lookAgain())?.attachedTo === VpcId ? InternetGatewayId : undefined;
    const whatIsTaken = `the internet gateway attachment of ${VpcId}`;
    await adopt({ duplicateGuard, lookAgain: lookForOurs }, whatIsTaken, error);
  }
}
