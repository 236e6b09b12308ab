/** The VPC: the network of the stack, with DNS support and DNS hostnames. */
import { CreateVpcCommand, ModifyVpcAttributeCommand } from '@aws-sdk/client-ec2';
import { compare, touches, type WantedFields } from '../../lib/model/change.ts';
import { createOnce } from '../../lib/engine/create-once.ts';
import type { Want } from '../../lib/look/context.ts';
import { ONLY } from '../../lib/model/resources.ts';
import { retag } from '../../lib/aws/retag.ts';
import type { Act, Step } from '../../lib/engine/step.ts';
import { tagFields, upper, wantedTags } from '../../lib/derive/tags.ts';

const wanted = (want: Want): WantedFields => ({
  cidr: want.config.network.cidr,
  'dns.support': true,
  'dns.hostnames': true,
  ...wantedTags(want, 'vpc', ONLY),
});

export const vpc: Step<'vpc'> = {
  diff: (want, found) =>
    compare({
      step: 'vpc',
      wanted: new Map([[ONLY, wanted(want)]]),
      found: found.vpc,
      fieldsOf: ({ cidr, dnsSupport, dnsHostnames, tags }) => ({
        cidr,
        'dns.support': dnsSupport,
        'dns.hostnames': dnsHostnames,
        ...tagFields(tags),
      }),
      stuck: ({ cidr }) =>
        cidr === want.config.network.cidr
          ? undefined
          : `its block is ${cidr}, and the block of a VPC cannot change: keep network.cidr, or tear the stack down first`,
    }),

  async apply(act) {
    const vpcId = act.item?.vpcId ?? (await create(act));
    await act.record({ vpcId });
    const { change, aws } = act;
    // One attribute a call, and support first: hostnames need it.
    // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcAttribute.html
    if (touches(change, 'dns.support') && change.verb !== 'create') {
      await aws.ec2(new ModifyVpcAttributeCommand({ VpcId: vpcId, EnableDnsSupport: { Value: true } }));
    }
    if (touches(change, 'dns.hostnames')) {
      await aws.ec2(new ModifyVpcAttributeCommand({ VpcId: vpcId, EnableDnsHostnames: { Value: true } }));
    }
    await retag(act, vpcId);
    return { vpcId };
  },
};

/** No client token: the tags that travel in the call are how it is found again. */
const create = (act: Act<'vpc'>): Promise<string> =>
  createOnce(
    act.careful,
    async () => (await act.again())?.vpcId,
    async () => {
      const { Vpc } = await act.aws.ec2Once(
        new CreateVpcCommand({
          CidrBlock: act.config.network.cidr,
          TagSpecifications: [{ ResourceType: 'vpc', Tags: upper(act.tags) }],
        }),
      );
      return Vpc?.VpcId;
    },
  );
