/** The internet gateway: the way of the public subnets in and out, attached to the VPC. */
import { AttachInternetGatewayCommand, CreateInternetGatewayCommand } from '@aws-sdk/client-ec2';
import { adopt } from '../../lib/engine/adopt.ts';
import { isCode } from '../../lib/aws/errors.ts';
import { compare, later, touches, type WantedFields } from '../../lib/model/change.ts';
import { createOnce } from '../../lib/engine/create-once.ts';
import type { Survey } from '../../lib/look/found.ts';
import type { Want } from '../../lib/look/context.ts';
import { only, ONLY } from '../../lib/model/resources.ts';
import { retag } from '../../lib/aws/retag.ts';
import type { Act, Step } from '../../lib/engine/step.ts';
import { tagFields, upper, wantedTags } from '../../lib/derive/tags.ts';

const wanted = (want: Want, found: Survey): WantedFields => ({
  'attached to': only(found.vpc)?.vpcId ?? later('vpc'),
  ...wantedTags(want, 'internetGateway', ONLY),
});

export const internetGateway: Step<'internetGateway'> = {
  diff: (want, found) =>
    compare({
      step: 'internetGateway',
      wanted: new Map([[ONLY, wanted(want, found)]]),
      found: found.internetGateway,
      fieldsOf: ({ attachedTo, tags }) => ({
        ...(attachedTo !== undefined && { 'attached to': attachedTo }),
        ...tagFields(tags),
      }),
      stuck: ({ attachedTo }) =>
        attachedTo === undefined || attachedTo === only(found.vpc)?.vpcId
          ? undefined
          : `it is attached to ${attachedTo}, which is not the VPC of this stack`,
    }),

  async apply(act) {
    const internetGatewayId = act.item?.internetGatewayId ?? (await create(act));
    await act.record({ internetGatewayId });
    if (touches(act.change, 'attached to')) await attach(act, internetGatewayId);
    await retag(act, internetGatewayId);
    return { internetGatewayId };
  },
};

/** No client token: the tags that travel in the call are how it is found again. */
const create = (act: Act<'internetGateway'>): Promise<string> =>
  createOnce(
    act.careful,
    async () => (await act.again())?.internetGatewayId,
    async () => {
      const { InternetGateway } = await act.aws.ec2Once(
        new CreateInternetGatewayCommand({
          TagSpecifications: [{ ResourceType: 'internet-gateway', Tags: upper(act.tags) }],
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
async function attach(act: Act<'internetGateway'>, InternetGatewayId: string): Promise<void> {
  const VpcId = only(act.made.vpc)?.vpcId;
  try {
    await act.aws.ec2(new AttachInternetGatewayCommand({ InternetGatewayId, VpcId }));
  } catch (error) {
    if (!isCode(error, 'Resource.AlreadyAssociated')) throw error;
    const again = async () => ((await act.again())?.attachedTo === VpcId ? InternetGatewayId : undefined);
    await adopt({ careful: act.careful, again }, `the place of the internet gateway of ${VpcId}`, error);
  }
}
