/** The VPC: the network of the stack, with DNS support and DNS hostnames, and without rules in its default security group. */
import { CreateVpcCommand, ModifyVpcAttributeCommand } from '@aws-sdk/client-ec2';
import { retag } from '../../lib/aws/retag.ts';
import { EGRESS, INGRESS, revokeRules } from '../../lib/aws/security-group-rule-calls.ts';
import { rulesText } from '../../lib/derive/security-group-rules.ts';
import { desiredTags, tagFields, toPascalCaseTags, type TagField } from '../../lib/derive/tags.ts';
import { createOnce } from '../../lib/engine/create-once.ts';
import type { ApplyContext, Step } from '../../lib/engine/step.ts';
import { pending, ready } from '../../lib/engine/until.ts';
import type { Desired } from '../../lib/look/context.ts';
import { compare, touches, type DesiredFields } from '../../lib/model/change.ts';
import { fetchDefaultGroup, type DefaultGroup } from '../../lib/look/vpc.ts';
import { ONLY } from '../../lib/model/resources.ts';
import { associateVpcBlock, desiredIpv6, ipv6Field, removeVpcBlock } from '../ipv6-blocks.ts';

type Field = 'cidr' | 'dns.support' | 'dns.hostnames' | 'default group' | 'ipv6' | TagField;
type Context = ApplyContext<'vpc', Field>;

const NO_RULES = 'no rules';

const desiredFields = (desired: Desired): DesiredFields<Field> => ({
  cidr: desired.config.network.cidr,
  'dns.support': true,
  'dns.hostnames': true,
  'default group': NO_RULES,
  ...desiredIpv6(desired.config.ipv6),
  ...desiredTags(desired, 'vpc', ONLY),
});

export const vpc: Step<'vpc', Field> = {
  diff: (desired, found) =>
    compare({
      noun: 'vpc',
      desired: new Map([[ONLY, desiredFields(desired)]]),
      found: found.vpc,
      fieldsOf: ({ cidr, dnsSupport, dnsHostnames, defaultGroup, ipv6, tags }) => ({
        cidr,
        'dns.support': dnsSupport,
        'dns.hostnames': dnsHostnames,
        'default group': defaultGroup && rulesOf(defaultGroup),
        ...ipv6Field(ipv6),
        ...tagFields(tags),
      }),
      whyUnchangeable: ({ cidr }) =>
        cidr === desired.config.network.cidr
          ? undefined
          : `its block is ${cidr}, and the block of a VPC cannot change: keep network.cidr, or tear the stack down first`,
    }),

  /** AWS takes no client token here: the tags in the request identify the VPC. Its default group is emptied while others use it. */
  async create(context) {
    const { aws, config, duplicateGuard, lookAgain, tags } = context;
    const ids = await createOnce(duplicateGuard, lookAgain, async () => {
      const { Vpc } = await aws.ec2Once(
        new CreateVpcCommand({
          CidrBlock: config.network.cidr,
          ...(config.ipv6 && { AmazonProvidedIpv6CidrBlock: true }),
          TagSpecifications: [{ ResourceType: 'vpc', Tags: toPascalCaseTags(tags) }],
        }),
      );
      return Vpc?.VpcId === undefined ? undefined : { vpcId: Vpc.VpcId };
    });
    return {
      ids,
      async wait(onUsable) {
        onUsable();
        await emptyDefaultGroup(context, ids.vpcId);
      },
    };
  },

  async update(context, { vpcId }) {
    if (touches(context.change, 'default group')) await emptyDefaultGroup(context, vpcId);
  },

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
    if (context.config.ipv6 && touches(change, 'ipv6')) await associateVpcBlock(context, VpcId);
    await retag(context, VpcId);
  },

  cleanUp: (context) => removeVpcBlock(context, context.existing),
};

/** Formats the rules of a default group. */
const rulesOf = ({ ingress, egress }: DefaultGroup): string =>
  ingress.length + egress.length === 0 ? NO_RULES : `in: ${rulesText(ingress)}; out: ${rulesText(egress)}`;

/**
 * Revokes all rules of the default group: a resource that is created without a group gets this one, and should reach nothing.
 * @see https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-2
 */
async function emptyDefaultGroup(context: Context, vpcId: string): Promise<void> {
  const { aws } = context;
  await context.until('the default security group to be empty', 'visible', async () => {
    const group = await fetchDefaultGroup(context, vpcId);
    if (!group) return pending('not visible yet');
    const { groupId, ingress, egress } = group;
    if (ingress.length + egress.length === 0) return ready(undefined);
    await Promise.all([
      revokeRules(aws, INGRESS, groupId, ingress),
      revokeRules(aws, EGRESS, groupId, egress),
    ]);
    return pending('its rules are still shown');
  });
}
