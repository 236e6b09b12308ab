/** The NAT gateway: egress for the private subnets, in the first public subnet. */
import { CreateNatGatewayCommand, DeleteNatGatewayCommand } from '@aws-sdk/client-ec2';
import { compare, knownAfter, touches, type DesiredFields } from '../../lib/model/change.ts';
import { createWithToken } from '../../lib/engine/create-with-token.ts';
import { ignoringNotFound } from '../../lib/engine/delete.ts';
import type { Survey } from '../../lib/look/found.ts';
import { natGatewayById, natGatewayGone, type FoundNatGateway } from '../../lib/look/nat-gateway.ts';
import type { Desired } from '../../lib/look/context.ts';
import { only, ONLY } from '../../lib/model/resources.ts';
import { retag } from '../../lib/aws/retag.ts';
import type { ApplyContext, Step } from '../../lib/engine/step.ts';
import { tagFields, toPascalCaseTags, desiredTags } from '../../lib/derive/tags.ts';
import { failed, pending, ready, type ProbeResult } from '../../lib/engine/until.ts';

/** The public subnet that it lies in. */
const SUBNET_KEY = 'public-1';
const LIVE = ['available', 'pending'];

const desiredFields = (desired: Desired, found: Survey): DesiredFields => ({
  state: 'available',
  subnet: found.subnets.get(SUBNET_KEY)?.subnetId ?? knownAfter('subnets'),
  address: only(found.elasticIp)?.allocationId ?? knownAfter('elasticIp'),
  ...desiredTags(desired, 'natGateway', ONLY),
});

const IMMUTABLE = {
  subnet: 'a NAT gateway cannot move to another subnet',
  address: 'a NAT gateway keeps its first address',
};
const IMMUTABLE_WHEN_DEAD = { ...IMMUTABLE, state: 'a gateway that failed or is going cannot come back' };

export const natGateway: Step<'natGateway'> = {
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
      // One that is pending, left so by a run that died, is waited for.
      immutable: LIVE.includes(only(found.natGateway)?.state ?? '') ? IMMUTABLE : IMMUTABLE_WHEN_DEAD,
    }),

  async apply(context) {
    const { existing: item, change } = context;
    const natGatewayId = item && change.verb === 'update' ? item.natGatewayId : await create(context);
    await context.record({ natGatewayId });
    await retag(context, natGatewayId);
    if (touches(change, 'state')) {
      const what = `NAT gateway ${natGatewayId} to be available`;
      await context.until(what, 'natGateway', () => available(context, natGatewayId));
    }
    return { natGatewayId };
  },
};

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNatGateway.html */
async function create(context: ApplyContext<'natGateway'>): Promise<string> {
  if (context.existing) await deleteOld(context, context.existing);
  const intent = context.existing ? await context.renewIntent() : context.intent;
  return createWithToken(
    { ...context, intent, lookAgain: async () => live(await context.lookAgain()) },
    async (ClientToken) => {
      const { NatGateway } = await context.aws.ec2(
        new CreateNatGatewayCommand({
          SubnetId: context.ids.subnets.get(SUBNET_KEY)?.subnetId,
          AllocationId: only(context.ids.elasticIp)?.allocationId,
          ClientToken,
          TagSpecifications: [{ ResourceType: 'natgateway', Tags: toPascalCaseTags(context.tags) }],
        }),
      );
      return live({ natGatewayId: NatGateway?.NatGatewayId, state: NatGateway?.State });
    },
  );
}

const live = (nat: { natGatewayId?: string; state?: string } | undefined): string | undefined =>
  LIVE.includes(nat?.state ?? '') ? nat?.natGatewayId : undefined;

/** A gateway holds its address until it is deleted, also one that failed. */
async function deleteOld(
  context: ApplyContext<'natGateway'>,
  { natGatewayId, state }: FoundNatGateway,
): Promise<void> {
  if (state !== 'deleting') {
    await ignoringNotFound(() =>
      context.aws.ec2(new DeleteNatGatewayCommand({ NatGatewayId: natGatewayId })),
    );
  }
  await context.until(`NAT gateway ${natGatewayId} to be gone`, 'natGatewayGone', () =>
    natGatewayGone(context.aws, natGatewayId),
  );
}

async function available(
  { aws }: ApplyContext<'natGateway'>,
  natGatewayId: string,
): Promise<ProbeResult<undefined>> {
  const nat = await natGatewayById(aws, natGatewayId);
  if (nat === undefined) return pending('not seen yet');
  if (nat.state === 'available') return ready(undefined);
  return nat.state === 'pending' ? pending(nat.state) : failed(nat.failure ?? `it is ${nat.state}`);
}
