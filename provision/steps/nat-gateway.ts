/** The NAT gateway: it is in the first public subnet and gives the private subnets egress. */
import { CreateNatGatewayCommand, DeleteNatGatewayCommand } from '@aws-sdk/client-ec2';
import { retag } from '../../lib/aws/retag.ts';
import { desiredTags, tagFields, toPascalCaseTags, type TagField } from '../../lib/derive/tags.ts';
import { createWithToken } from '../../lib/engine/create-with-token.ts';
import { ignoringNotFound } from '../../lib/engine/delete.ts';
import type { ApplyContext, Step } from '../../lib/engine/step.ts';
import { failed, pending, ready, type ProbeResult } from '../../lib/engine/until.ts';
import type { Desired } from '../../lib/look/context.ts';
import type { Survey } from '../../lib/look/found.ts';
import { natGatewayById, probeNatGatewayGone, type FoundNatGateway } from '../../lib/look/nat-gateway.ts';
import { compare, knownAfter, touches, type DesiredFields } from '../../lib/model/change.ts';
import { only, ONLY } from '../../lib/model/resources.ts';

type Field = 'state' | 'subnet' | 'address' | TagField;
type Context = ApplyContext<'natGateway', Field>;

/** The key of the public subnet that the NAT gateway is in. */
const SUBNET_KEY = 'public-1';
const LIVE_STATES = ['available', 'pending'];

const desiredFields = (desired: Desired, found: Survey): DesiredFields<Field> => ({
  state: 'available',
  subnet: found.subnets.get(SUBNET_KEY)?.subnetId ?? knownAfter('subnets'),
  address: only(found.elasticIp)?.allocationId ?? knownAfter('elasticIp'),
  ...desiredTags(desired, 'natGateway', ONLY),
});

const IMMUTABLE = {
  subnet: 'a NAT gateway cannot move to another subnet',
  address: 'a NAT gateway keeps its first address',
};
const IMMUTABLE_WHEN_DEAD = {
  ...IMMUTABLE,
  state: 'a NAT gateway that failed or is being deleted cannot recover',
};

export const natGateway: Step<'natGateway', Field> = {
  diff: (desired, found) =>
    compare({
      noun: 'natGateway',
      desired: new Map([[ONLY, desiredFields(desired, found)]]),
      found: found.natGateway,
      fieldsOf: ({ state, subnetId, allocationId, tags }) => ({
        state,
        subnet: subnetId,
        address: allocationId,
        ...tagFields(tags),
      }),
      // A gateway that an interrupted run left pending can still become available.
      immutable: LIVE_STATES.includes(only(found.natGateway)?.state ?? '') ? IMMUTABLE : IMMUTABLE_WHEN_DEAD,
    }),

  /** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNatGateway.html */
  async create(context) {
    const { existing } = context;
    if (existing) await deleteOld(context, existing);
    const intent = existing ? await context.renewIntent() : context.intent;
    const natGatewayId = await createWithToken(
      { ...context, intent, lookAgain: async () => liveId(await context.lookAgain()) },
      async (ClientToken) => {
        const { NatGateway } = await context.aws.ec2(
          new CreateNatGatewayCommand({
            SubnetId: context.ids.subnets.get(SUBNET_KEY)?.subnetId,
            AllocationId: only(context.ids.elasticIp)?.allocationId,
            ClientToken,
            TagSpecifications: [{ ResourceType: 'natgateway', Tags: toPascalCaseTags(context.tags) }],
          }),
        );
        return liveId({ natGatewayId: NatGateway?.NatGatewayId, state: NatGateway?.State });
      },
    );
    return { natGatewayId };
  },

  async configure(context, { natGatewayId }) {
    await retag(context, natGatewayId);
    if (!touches(context.change, 'state')) return;
    const what = `NAT gateway ${natGatewayId} to be available`;
    await context.until(what, 'natGateway', () => probeAvailable(context, natGatewayId));
  },
};

const liveId = (nat: { natGatewayId?: string; state?: string } | undefined): string | undefined =>
  LIVE_STATES.includes(nat?.state ?? '') ? nat?.natGatewayId : undefined;

/** Deletes the old gateway, and waits until it is gone. Until then, even a failed gateway uses its address. */
async function deleteOld(context: Context, { natGatewayId, state }: FoundNatGateway): Promise<void> {
  if (state !== 'deleting') {
    const command = new DeleteNatGatewayCommand({ NatGatewayId: natGatewayId });
    await ignoringNotFound(() => context.aws.ec2(command));
  }
  await context.until(`NAT gateway ${natGatewayId} to be gone`, 'natGatewayGone', () =>
    probeNatGatewayGone(context.aws, natGatewayId),
  );
}

async function probeAvailable({ aws }: Context, natGatewayId: string): Promise<ProbeResult<undefined>> {
  const nat = await natGatewayById(aws, natGatewayId);
  if (nat === undefined) return pending('not visible yet');
  if (nat.state === 'available') return ready(undefined);
  return nat.state === 'pending' ? pending(nat.state) : failed(nat.failure ?? `it is ${nat.state}`);
}
