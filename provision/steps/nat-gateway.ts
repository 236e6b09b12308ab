/** The NAT gateway: egress for the private subnets, in the first public subnet. */
import { CreateNatGatewayCommand, DeleteNatGatewayCommand } from '@aws-sdk/client-ec2';
import { compare, later, touches, type WantedFields } from '../../lib/model/change.ts';
import { createWithToken } from '../../lib/engine/create-with-token.ts';
import { gone } from '../../lib/engine/delete.ts';
import type { Survey } from '../../lib/look/found.ts';
import { natGatewayById, natGatewayGone, type FoundNatGateway } from '../../lib/look/nat-gateway.ts';
import type { Want } from '../../lib/look/context.ts';
import { only, ONLY } from '../../lib/model/resources.ts';
import { retag } from '../../lib/aws/retag.ts';
import type { Act, Step } from '../../lib/engine/step.ts';
import { tagFields, upper, wantedTags } from '../../lib/derive/tags.ts';
import { failed, pending, ready, type Probed } from '../../lib/engine/until.ts';

/** The public subnet that it lies in. */
const HOME = 'public-1';
const LIVE = ['available', 'pending'];

const wanted = (want: Want, found: Survey): WantedFields => ({
  state: 'available',
  subnet: found.subnets.get(HOME)?.subnetId ?? later('subnets'),
  address: only(found.elasticIp)?.allocationId ?? later('elasticIp'),
  ...wantedTags(want, 'natGateway', ONLY),
});

const IMMUTABLE = {
  subnet: 'a NAT gateway cannot move to another subnet',
  address: 'a NAT gateway keeps its first address',
};
const LOST = { ...IMMUTABLE, state: 'a gateway that failed or is going cannot come back' };

export const natGateway: Step<'natGateway'> = {
  diff: (want, found) =>
    compare({
      step: 'natGateway',
      wanted: new Map([[ONLY, wanted(want, found)]]),
      found: found.natGateway,
      fieldsOf: ({ state, subnetId, allocationId, tags }) => ({
        state,
        subnet: subnetId,
        address: allocationId,
        ...tagFields(tags),
      }),
      // One that is pending, left so by a run that died, is waited for.
      immutable: LIVE.includes(only(found.natGateway)?.state ?? '') ? IMMUTABLE : LOST,
    }),

  async apply(act) {
    const { item, change } = act;
    const natGatewayId = item && change.verb === 'update' ? item.natGatewayId : await create(act);
    await act.record({ natGatewayId });
    await retag(act, natGatewayId);
    if (touches(change, 'state')) {
      const what = `NAT gateway ${natGatewayId} to be available`;
      await act.until(what, 'natGateway', () => available(act, natGatewayId));
    }
    return { natGatewayId };
  },
};

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNatGateway.html */
async function create(act: Act<'natGateway'>): Promise<string> {
  if (act.item) await makeWay(act, act.item);
  const intent = act.item ? await act.renew() : act.intent;
  return createWithToken(
    { ...act, intent, again: async () => live(await act.again()) },
    async (ClientToken) => {
      const { NatGateway } = await act.aws.ec2(
        new CreateNatGatewayCommand({
          SubnetId: act.made.subnets.get(HOME)?.subnetId,
          AllocationId: only(act.made.elasticIp)?.allocationId,
          ClientToken,
          TagSpecifications: [{ ResourceType: 'natgateway', Tags: upper(act.tags) }],
        }),
      );
      return live({ natGatewayId: NatGateway?.NatGatewayId, state: NatGateway?.State });
    },
  );
}

const live = (nat: { natGatewayId?: string; state?: string } | undefined): string | undefined =>
  LIVE.includes(nat?.state ?? '') ? nat?.natGatewayId : undefined;

/** A gateway holds its address until it is deleted, also one that failed. */
async function makeWay(act: Act<'natGateway'>, { natGatewayId, state }: FoundNatGateway): Promise<void> {
  if (state !== 'deleting') {
    await gone(() => act.aws.ec2(new DeleteNatGatewayCommand({ NatGatewayId: natGatewayId })));
  }
  await act.until(`NAT gateway ${natGatewayId} to be gone`, 'natGatewayGone', () =>
    natGatewayGone(act.aws, natGatewayId),
  );
}

async function available({ aws }: Act<'natGateway'>, natGatewayId: string): Promise<Probed<undefined>> {
  const nat = await natGatewayById(aws, natGatewayId);
  if (nat === undefined) return pending('not seen yet');
  if (nat.state === 'available') return ready(undefined);
  return nat.state === 'pending' ? pending(nat.state) : failed(nat.failure ?? `it is ${nat.state}`);
}
