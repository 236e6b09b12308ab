/** The load balancer: internet-facing, in the public subnets, refusing what is not proper HTTP. */
import {
  CreateLoadBalancerCommand,
  DeleteLoadBalancerCommand,
  ModifyLoadBalancerAttributesCommand,
  SetSecurityGroupsCommand,
  SetSubnetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { adoptNamed } from '../../lib/engine/adopt-by-name.ts';
import { compare, later, touches, type Fields, type WantedFields } from '../../lib/model/change.ts';
import type { Config } from '../../lib/config/config.ts';
import { gone } from '../../lib/engine/delete.ts';
import { BALANCER } from '../../lib/derive/security-group-rules.ts';
import { subnetKeys } from '../../lib/derive/subnet-layout.ts';
import type { Survey } from '../../lib/look/found.ts';
import { loadBalancerNow, type FoundLoadBalancer } from '../../lib/look/load-balancer.ts';
import { foreignOwner, type Want } from '../../lib/look/context.ts';
import { only, ONLY, type Ids } from '../../lib/model/resources.ts';
import { retagElb } from '../../lib/aws/retag.ts';
import type { Act, Step } from '../../lib/engine/step.ts';
import { tagFields, upper, wantedTags } from '../../lib/derive/tags.ts';
import { pending, ready } from '../../lib/engine/until.ts';

const SCHEME = 'internet-facing';

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html */
export const attributesFor = ({ idleTimeoutSeconds }: Config): Record<string, string> => ({
  'idle_timeout.timeout_seconds': String(idleTimeoutSeconds),
  'routing.http.drop_invalid_header_fields.enabled': 'true',
  'routing.http.desync_mitigation_mode': 'defensive',
});

const attributeFields = (attributes: Readonly<Record<string, string>>): Fields =>
  Object.fromEntries(Object.entries(attributes).map(([key, value]) => [`attribute.${key}`, value]));

function wanted(want: Want, found: Survey): WantedFields {
  const { config } = want;
  const subnetIds = subnetKeys(config.network, 'public').map((key) => found.subnets.get(key)?.subnetId);
  return {
    ...(isLost(found) ? { state: 'active' } : {}),
    subnets: subnetIds.includes(undefined) ? later('subnets') : subnetIds.sort().join(', '),
    'security group': found.securityGroups.get(BALANCER)?.groupId ?? later(`securityGroups.${BALANCER}`),
    ...attributeFields(attributesFor(config)),
    ...wantedTags(want, 'loadBalancer', ONLY),
  };
}

export const loadBalancer: Step<'loadBalancer'> = {
  diff: (want, found) =>
    compare({
      step: 'loadBalancer',
      wanted: new Map([[ONLY, wanted(want, found)]]),
      found: found.loadBalancer,
      fieldsOf: ({ state, subnetIds, securityGroupIds, attributes, tags }) => ({
        state,
        subnets: [...subnetIds].sort().join(', '),
        'security group': securityGroupIds.join(', '),
        ...attributeFields(attributes),
        ...tagFields(tags),
      }),
      foreign: ({ tags, createdAt }) => foreignOwner(tags, want.names.stack, createdAt),
      stuck,
      immutable: {
        state: `one that failed cannot come back: ${only(found.loadBalancer)?.failure ?? 'AWS gives no reason'}`,
      },
    }),

  async apply(act) {
    const { change, aws, config } = act;
    const item = change.verb === 'replace' ? undefined : act.item;
    if (act.item && !item) await makeWay(act, act.item);
    const ids = item ? idsOf(item) : await create(act);
    await act.record(ids);
    const { loadBalancerArn: LoadBalancerArn } = ids;
    if (touches(change, 'attribute.')) {
      const Attributes = upper(attributesFor(config));
      await aws.elbv2(new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn, Attributes }));
    }
    if (item) await repair(act, LoadBalancerArn);
    return ids;
  },
};

/** One that failed never answered anybody: it may go, and all that hangs on it goes with it. */
export const isLost = (found: Survey): boolean => only(found.loadBalancer)?.state === 'failed';
export const lasting = (found: Survey): Survey =>
  isLost(found) ? { ...found, listener: new Map(), rules: new Map() } : found;

/** Everything hangs on the load balancer: another one in its place is a teardown and a provision. */
function stuck({ scheme }: FoundLoadBalancer): string | undefined {
  return scheme === SCHEME ? undefined : `it is ${scheme}, which cannot change`;
}

const idsOf = ({ loadBalancerArn, dnsName, hostedZoneId }: Ids['loadBalancer']): Ids['loadBalancer'] => ({
  loadBalancerArn,
  dnsName,
  hostedZoneId,
});

const subnetsOf = ({ config, made }: Act<'loadBalancer'>): string[] =>
  subnetKeys(config.network, 'public').map((key) => made.subnets.get(key)?.subnetId ?? '');
const groupsOf = ({ made }: Act<'loadBalancer'>): string[] => [
  made.securityGroups.get(BALANCER)?.groupId ?? '',
];

/** While it is there, a create with equal settings gives the one that failed. */
async function makeWay(act: Act<'loadBalancer'>, { loadBalancerArn }: FoundLoadBalancer): Promise<void> {
  const remove = new DeleteLoadBalancerCommand({ LoadBalancerArn: loadBalancerArn });
  await gone(() => act.aws.elbv2(remove));
  await act.until('the load balancer that failed to be gone', 'loadBalancerGone', async () =>
    (await loadBalancerNow(act)) ? pending('still shown') : ready(undefined),
  );
}

/**
 * A repeated create with equal settings gives the same load balancer, whoever made it: the survey has looked before.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
 */
async function create(act: Act<'loadBalancer'>): Promise<Ids['loadBalancer']> {
  const wish = new CreateLoadBalancerCommand({
    Name: act.names.loadBalancer,
    Type: 'application',
    Scheme: SCHEME,
    IpAddressType: 'ipv4',
    Subnets: subnetsOf(act),
    SecurityGroups: groupsOf(act),
    Tags: upper(act.tags),
  });
  try {
    const { LoadBalancers } = await act.aws.elbv2(wish);
    const [made] = LoadBalancers ?? [];
    return {
      loadBalancerArn: made?.LoadBalancerArn ?? '',
      dnsName: made?.DNSName ?? '',
      hostedZoneId: made?.CanonicalHostedZoneId ?? '',
    };
  } catch (error) {
    const place = `the name ${act.names.loadBalancer}`;
    return idsOf(await adoptNamed(act, error, 'DuplicateLoadBalancerName', place));
  }
}

async function repair(act: Act<'loadBalancer'>, LoadBalancerArn: string): Promise<void> {
  const { aws, change } = act;
  if (touches(change, 'subnets')) {
    await aws.elbv2(new SetSubnetsCommand({ LoadBalancerArn, Subnets: subnetsOf(act) }));
  }
  if (touches(change, 'security group')) {
    await aws.elbv2(new SetSecurityGroupsCommand({ LoadBalancerArn, SecurityGroups: groupsOf(act) }));
  }
  await retagElb(act, LoadBalancerArn);
}
