/** The NAT gateway: egress for the private subnets, in the first public subnet. */
import { CreateNatGatewayCommand, DeleteNatGatewayCommand } from '@aws-sdk/client-ec2';
import { compare, later, type Fields } from '../lib/change.ts';
import type { Survey } from '../lib/look/found.ts';
import type { FoundNatGateway } from '../lib/look/nat-gateway.ts';
import type { Want } from '../lib/look/see.ts';
import { only, ONLY } from '../lib/resources.ts';
import { retag } from '../lib/retag.ts';
import type { Act, Step } from '../lib/step.ts';
import { tagFields, tagsOf, upper } from '../lib/tags.ts';
import { failed, pending, ready, type Probed } from '../lib/until.ts';

/** The public subnet that it lies in. */
const HOME = 'public-1';
const LIVE = ['available', 'pending'];

const wanted = ({ config, names }: Want, found: Survey): Fields => ({
  state: only(found.natGateway)?.state === 'pending' ? 'pending' : 'available',
  subnet: found.subnets.get(HOME)?.subnetId ?? later('subnets'),
  address: only(found.elasticIp)?.allocationId ?? later('elasticIp'),
  ...tagFields(tagsOf(config, names.stack, 'natGateway', ONLY)),
});

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
      immutable: {
        state: 'a gateway that failed or is going cannot come back',
        subnet: 'a NAT gateway cannot move to another subnet',
        address: 'a NAT gateway keeps its first address',
      },
    }),

  async apply(act) {
    if (act.item && act.change.verb === 'update') {
      await retag(act, act.item.natGatewayId);
      return { natGatewayId: act.item.natGatewayId };
    }
    if (act.item) await makeWay(act, act.item);
    const natGatewayId = await create(act);
    await act.record({ natGatewayId });
    await act.until(`NAT gateway ${natGatewayId} to be available`, 'natGateway', () => natAvailable(act));
    return { natGatewayId };
  },
};

/**
 * AWS answers a repeated token with the same gateway even when that one is long deleted or failed; such an answer
 * means that the token belongs to an earlier life.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNatGateway.html
 */
async function create(act: Act<'natGateway'>): Promise<string> {
  let { token } = act.intent;
  for (;;) {
    const { NatGateway } = await act.aws.ec2(
      new CreateNatGatewayCommand({
        SubnetId: act.made.subnets.get(HOME)?.subnetId,
        AllocationId: only(act.made.elasticIp)?.allocationId,
        ClientToken: token,
        TagSpecifications: [{ ResourceType: 'natgateway', Tags: upper(act.tags) }],
      }),
    );
    if (LIVE.includes(NatGateway?.State ?? '')) return NatGateway?.NatGatewayId ?? '';
    ({ token } = await act.renew());
  }
}

/** A failed gateway holds the address until it is deleted. */
async function makeWay(act: Act<'natGateway'>, { natGatewayId }: FoundNatGateway): Promise<void> {
  await act.aws.ec2(new DeleteNatGatewayCommand({ NatGatewayId: natGatewayId }));
  await act.until(`NAT gateway ${natGatewayId} to be gone`, 'natGatewayGone', async () => {
    const again = await act.again();
    return again?.natGatewayId === natGatewayId ? pending(again.state) : ready(undefined);
  });
}

async function natAvailable(act: Act<'natGateway'>): Promise<Probed<undefined>> {
  const nat = await act.again();
  if (nat?.state === 'available') return ready(undefined);
  if (nat?.state === 'failed') return failed(nat.failure ?? 'AWS does not say why');
  return pending(nat?.state ?? 'not seen yet');
}
