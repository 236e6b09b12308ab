/** The VPC: the network of the stack, with DNS support and DNS hostnames. */
import { CreateVpcCommand, ModifyVpcAttributeCommand } from '@aws-sdk/client-ec2';
import { retag } from '../../lib/aws/retag.ts';
import { desiredTags, tagFields, toPascalCaseTags, type TagField } from '../../lib/derive/tags.ts';
import { createOnce } from '../../lib/engine/create-once.ts';
import type { Step } from '../../lib/engine/step.ts';
import type { Desired } from '../../lib/look/context.ts';
import { compare, touches, type DesiredFields } from '../../lib/model/change.ts';
import { ONLY } from '../../lib/model/resources.ts';

type Field = 'cidr' | 'dns.support' | 'dns.hostnames' | TagField;

const desiredFields = (desired: Desired): DesiredFields<Field> => ({
  cidr: desired.config.network.cidr,
  'dns.support': true,
  'dns.hostnames': true,
  ...desiredTags(desired, 'vpc', ONLY),
});

export const vpc: Step<'vpc', Field> = {
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
      whyUnchangeable: ({ cidr }) =>
        cidr === desired.config.network.cidr
          ? undefined
          : `its block is ${cidr}, and the block of a VPC cannot change: keep network.cidr, or tear the stack down first`,
    }),

  /** AWS takes no client token here: the tags in the request identify the VPC. */
  create: ({ aws, config, duplicateGuard, lookAgain, tags }) =>
    createOnce(duplicateGuard, lookAgain, async () => {
      const { Vpc } = await aws.ec2Once(
        new CreateVpcCommand({
          CidrBlock: config.network.cidr,
          TagSpecifications: [{ ResourceType: 'vpc', Tags: toPascalCaseTags(tags) }],
        }),
      );
      return Vpc?.VpcId === undefined ? undefined : { vpcId: Vpc.VpcId };
    }),

  /**
   * Each call sets one attribute. DNS support is set first, since DNS hostnames require it. A new VPC already has DNS support.
   * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcAttribute.html
   */
  async configure(context, { vpcId: VpcId }) {
    const { aws, change } = context;
    if (touches(change, 'dns.support') && change.verb !== 'create') {
      await aws.ec2(new ModifyVpcAttributeCommand({ VpcId, EnableDnsSupport: { Value: true } }));
    }
    if (touches(change, 'dns.hostnames')) {
      await aws.ec2(new ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: true } }));
    }
    await retag(context, VpcId);
  },
};
