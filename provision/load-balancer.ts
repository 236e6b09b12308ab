/** The load balancer: internet-facing, in the public subnets, refusing what is not proper HTTP. */
import {
  CreateLoadBalancerCommand,
  ModifyLoadBalancerAttributesCommand,
  SetSecurityGroupsCommand,
  SetSubnetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { adoptNamed } from '../lib/adopt-named.ts';
import { compare, later, touches, type Fields, type WantedFields } from '../lib/change.ts';
import type { Config } from '../lib/config/config.ts';
import { BALANCER } from '../lib/group-rules.ts';
import { subnetKeys } from '../lib/layout.ts';
import type { Survey } from '../lib/look/found.ts';
import type { FoundLoadBalancer } from '../lib/look/load-balancer.ts';
import { foreignOwner, type Want } from '../lib/look/see.ts';
import { ONLY, type Ids } from '../lib/resources.ts';
import { retagElb } from '../lib/retag.ts';
import type { Act, Step } from '../lib/step.ts';
import { tagFields, upper, wantedTags } from '../lib/tags.ts';

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
      fieldsOf: ({ subnetIds, securityGroupIds, attributes, tags }) => ({
        subnets: [...subnetIds].sort().join(', '),
        'security group': securityGroupIds.join(', '),
        ...attributeFields(attributes),
        ...tagFields(tags),
      }),
      foreign: ({ tags, createdAt }) => foreignOwner(tags, want.names.stack, createdAt),
      stuck,
    }),

  async apply(act) {
    const ids = act.item ? idsOf(act.item) : await create(act);
    await act.record(ids);
    const { change, aws, config } = act;
    const { loadBalancerArn: LoadBalancerArn } = ids;
    if (touches(change, 'attribute.')) {
      const Attributes = upper(attributesFor(config));
      await aws.elbv2(new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn, Attributes }));
    }
    if (act.item) await repair(act, LoadBalancerArn);
    return ids;
  },
};

/** Everything hangs on the load balancer: another one in its place is a teardown and a provision. */
function stuck({ scheme, state }: FoundLoadBalancer): string | undefined {
  if (state === 'failed') return 'AWS could not set it up';
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
