/** The VPC: the network of the stack, with DNS support and DNS hostnames. */
import { CreateVpcCommand, ModifyVpcAttributeCommand } from '@aws-sdk/client-ec2';
import { compare, touches, type DesiredFields } from '../../lib/model/change.ts';
import { createOnce } from '../../lib/engine/create-once.ts';
import type { Desired } from '../../lib/look/context.ts';
import { ONLY } from '../../lib/model/resources.ts';
import { retag } from '../../lib/aws/retag.ts';
import type { ApplyContext, Step } from '../../lib/engine/step.ts';
import { tagFields, toPascalCaseTags, desiredTags } from '../../lib/derive/tags.ts';

const desiredFields = (desired: Desired): DesiredFields => ({
  cidr: desired.config.network.cidr,
  'dns.support': true,
  'dns.hostnames': true,
  ...desiredTags(desired, 'vpc', ONLY),
});

export const vpc: Step<'vpc'> = {
  diff: (desired, found) =>
    compare({
      noun: 'vpc',
      desired: new Map([[ONLY, desiredFields(desired)]]),
      found: found.vpc,
      fieldsOf: ({ cidr, dnsSupport, dnsHostnames, tags }) => ({
        cidr,
        'dns.support': dnsSupport,
        'dns.hostnames': dnsHostnames,
        ...tagFields(tags),
      }),
      cannotUpdate: ({ cidr }) =>
        cidr === desired.config.network.cidr
          ? undefined
          : `its block is ${cidr}, and the block of a VPC cannot change: keep network.cidr, or tear the stack down first`,
    }),

  async apply(context) {
    const vpcId = context.existing?.vpcId ?? (await create(context));
    await context.record({ vpcId });
    const { change, aws } = context;
    // One attribute a call, and support first: hostnames need it.
    // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcAttribute.html
    if (touches(change, 'dns.support') && change.verb !== 'create') {
      await aws.ec2(new ModifyVpcAttributeCommand({ VpcId: vpcId, EnableDnsSupport: { Value: true } }));
    }
    if (touches(change, 'dns.hostnames')) {
      await aws.ec2(new ModifyVpcAttributeCommand({ VpcId: vpcId, EnableDnsHostnames: { Value: true } }));
    }
    await retag(context, vpcId);
    return { vpcId };
  },
};

/** No client token: the tags that travel in the call are how it is found again. */
const create = (context: ApplyContext<'vpc'>): Promise<string> =>
  createOnce(
    context.duplicateGuard,
    async () => (await context.lookAgain())?.vpcId,
    async () => {
      const { Vpc } = await context.aws.ec2Once(
        new CreateVpcCommand({
          CidrBlock: context.config.network.cidr,
          TagSpecifications: [{ ResourceType: 'vpc', Tags: toPascalCaseTags(context.tags) }],
        }),
      );
      return Vpc?.VpcId;
    },
  );
