/** The load balancer: in the public subnets, or with private addresses in the private ones. It rejects malformed HTTP. */
import {
  CreateLoadBalancerCommand,
  DeleteLoadBalancerCommand,
  ModifyLoadBalancerAttributesCommand,
  SetIpAddressTypeCommand,
  SetSecurityGroupsCommand,
  SetSubnetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { retagElb } from '../../lib/aws/retag.ts';
import { hasBalancer, type Config } from '../../lib/config/config.ts';
import { logDestination } from '../../lib/derive/log-delivery.ts';
import { foreignOwner } from '../../lib/derive/ownership.ts';
import { BALANCER } from '../../lib/derive/security-group-rules.ts';
import { subnetKeys } from '../../lib/derive/subnet-layout.ts';
import { attributeFields } from '../../lib/derive/target-group-attributes.ts';
import { desiredTags, tagFields, toPascalCaseTags, type TagField } from '../../lib/derive/tags.ts';
import { adoptByName } from '../../lib/engine/adopt-by-name.ts';
import { ignoringNotFound } from '../../lib/engine/delete.ts';
import type { ApplyContext, Step } from '../../lib/engine/step.ts';
import { pending, ready } from '../../lib/engine/until.ts';
import type { Desired } from '../../lib/look/context.ts';
import type { Survey } from '../../lib/look/found.ts';
import {
  fetchLoadBalancer,
  hasDeletionProtection,
  PROTECTION,
  type FoundLoadBalancer,
} from '../../lib/look/load-balancer.ts';
import { compare, knownAfter, touches, type DesiredFields } from '../../lib/model/change.ts';
import { only, ONLY } from '../../lib/model/resources.ts';
import { associateWebAcl, desiredWebAcl, type WebAclField } from '../web-acl.ts';

type AttributeField = `attribute.${string}`;
type Field =
  | 'state'
  | 'scheme'
  | 'address type'
  | 'subnets'
  | 'security group'
  | AttributeField
  | WebAclField
  | TagField;
type Context = ApplyContext<'loadBalancer', Field>;

const schemeOf = ({ internal }: Config): 'internal' | 'internet-facing' =>
  internal ? 'internal' : 'internet-facing';

const addressTypeOf = ({ ipv6 }: Config): 'ipv4' | 'dualstack' => (ipv6 ? 'dualstack' : 'ipv4');

/** AWS recommends private subnets for an internal load balancer. */
const subnetKeysOf = ({ network, internal }: Config): string[] =>
  subnetKeys(network, internal ? 'private' : 'public');

/** Where the access logs go. While they are off, AWS ignores the bucket and the prefix. */
function accessLogAttributes(desired: Desired): Record<string, string> {
  const destination = logDestination(desired);
  if (!destination) return { 'access_logs.s3.enabled': 'false' };
  return {
    'access_logs.s3.enabled': 'true',
    'access_logs.s3.bucket': destination.bucket,
    'access_logs.s3.prefix': destination.prefix,
  };
}

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html */
export const attributesFor = (desired: Desired): Record<string, string> => ({
  ...accessLogAttributes(desired),
  [PROTECTION]: String(desired.config.protect),
  'idle_timeout.timeout_seconds': String(desired.config.idleTimeoutSeconds),
  'routing.http.drop_invalid_header_fields.enabled': 'true',
  'routing.http.desync_mitigation_mode': 'defensive',
});

function desiredFields(desired: Desired, found: Survey): DesiredFields<Field> {
  const { config } = desired;
  const subnetIds = subnetKeysOf(config).map((key) => found.subnets.get(key)?.subnetId);
  return {
    ...(hasFailed(found) ? { state: 'active' } : {}),
    scheme: schemeOf(config),
    'address type': addressTypeOf(config),
    subnets: subnetIds.includes(undefined) ? knownAfter('subnets') : subnetIds.sort().join(', '),
    'security group': found.securityGroups.get(BALANCER)?.groupId ?? knownAfter(`securityGroups.${BALANCER}`),
    ...attributeFields(attributesFor(desired)),
    ...desiredTags(desired, 'loadBalancer', ONLY),
    ...desiredWebAcl(desired, only(found.loadBalancer)),
  };
}

export const loadBalancer: Step<'loadBalancer', Field> = {
  diff: (desired, found) =>
    compare({
      noun: 'loadBalancer',
      desired: new Map(hasBalancer(desired.config) ? [[ONLY, desiredFields(desired, found)]] : []),
      found: found.loadBalancer,
      fieldsOf: ({
        state,
        scheme,
        ipAddressType,
        subnetIds,
        securityGroupIds,
        attributes,
        webAclArn,
        tags,
      }) => ({
        state,
        scheme,
        'address type': ipAddressType,
        subnets: [...subnetIds].sort().join(', '),
        'security group': securityGroupIds.join(', '),
        ...attributeFields(attributes),
        ...(webAclArn !== undefined && { 'web ACL': webAclArn }),
        ...tagFields(tags),
      }),
      whyForeign: ({ tags, createdAt }) => foreignOwner(tags, desired.names.stack, createdAt),
      whyUnchangeable: ({ scheme, state }) =>
        scheme !== schemeOf(desired.config) && desired.config.protect && state !== 'failed'
          ? `it is ${scheme}, which cannot change, and protect forbids its replacement: remove protect, and run npm run provision`
          : undefined,
      immutable: {
        scheme:
          'the scheme of a load balancer cannot change: it is deleted, and a new one with another DNS name is created; until then, nothing serves',
        state: `a failed load balancer cannot recover: ${only(found.loadBalancer)?.failure ?? 'AWS gives no reason'}`,
      },
    }),

  /**
   * A create with identical settings returns the existing load balancer, even a foreign or failed one. The survey has already
   * shown that no foreign load balancer exists. A load balancer that must be replaced is deleted first.
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
   */
  async create(context) {
    if (context.existing) await deleteReplaced(context, context.existing);
    const request = new CreateLoadBalancerCommand({
      Name: context.names.loadBalancer,
      Type: 'application',
      Scheme: schemeOf(context.config),
      IpAddressType: addressTypeOf(context.config),
      Subnets: subnetsOf(context),
      SecurityGroups: groupsOf(context),
      Tags: toPascalCaseTags(context.tags),
    });
    try {
      const { LoadBalancers } = await context.aws.elbv2(request);
      const [created] = LoadBalancers ?? [];
      return {
        loadBalancerArn: created?.LoadBalancerArn ?? '',
        dnsName: created?.DNSName ?? '',
        hostedZoneId: created?.CanonicalHostedZoneId ?? '',
      };
    } catch (error) {
      const whatIsTaken = `the name ${context.names.loadBalancer}`;
      return adoptByName(context, error, 'DuplicateLoadBalancerName', whatIsTaken);
    }
  },

  async configure(context, { loadBalancerArn: LoadBalancerArn }) {
    const { aws, change } = context;
    if (touches(change, 'attribute.')) {
      const Attributes = toPascalCaseTags(attributesFor(context));
      await aws.elbv2(new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn, Attributes }));
    }
    if (touches(change, 'web ACL')) await associateWebAcl(context, LoadBalancerArn);
  },

  async update(context, { loadBalancerArn: LoadBalancerArn }) {
    const { aws, change, config } = context;
    if (touches(change, 'subnets')) {
      await aws.elbv2(new SetSubnetsCommand({ LoadBalancerArn, Subnets: subnetsOf(context) }));
    }
    if (touches(change, 'security group')) {
      await aws.elbv2(new SetSecurityGroupsCommand({ LoadBalancerArn, SecurityGroups: groupsOf(context) }));
    }
    if (config.ipv6 && touches(change, 'address type')) await setAddressType(context, LoadBalancerArn);
    await retagElb(context, LoadBalancerArn);
  },

  /** The IPv6 addresses are removed at the end, when no record leads clients to them any more. */
  async cleanUp(context) {
    const { change, config, existing } = context;
    if (existing && change.verb === 'update' && !config.ipv6 && touches(change, 'address type'))
      await setAddressType(context, existing.loadBalancerArn);
  },
};

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetIpAddressType.html */
const setAddressType = ({ aws, config }: Context, LoadBalancerArn: string): Promise<unknown> =>
  aws.elbv2(new SetIpAddressTypeCommand({ LoadBalancerArn, IpAddressType: addressTypeOf(config) }));

/** Whether AWS failed to set up the load balancer. A failed one answers no requests, so replacing it interrupts nothing. */
const hasFailed = (found: Survey): boolean => only(found.loadBalancer)?.state === 'failed';

const subnetsOf = ({ config, ids }: Context): string[] =>
  subnetKeysOf(config).map((key) => ids.subnets.get(key)?.subnetId ?? '');
const groupsOf = ({ ids }: Context): string[] => [ids.securityGroups.get(BALANCER)?.groupId ?? ''];

/**
 * Deletes a load balancer that must be replaced: two load balancers cannot have the same name. Deletion protection is turned off
 * first. It is on if AWS failed to set the load balancer up, or if the configuration no longer asks for it.
 */
async function deleteReplaced(context: Context, existing: FoundLoadBalancer): Promise<void> {
  const { loadBalancerArn: LoadBalancerArn } = existing;
  if (hasDeletionProtection(existing)) {
    const Attributes = [{ Key: PROTECTION, Value: 'false' }];
    await context.aws.elbv2(new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn, Attributes }));
  }
  const command = new DeleteLoadBalancerCommand({ LoadBalancerArn });
  await ignoringNotFound(() => context.aws.elbv2(command));
  await context.until('the old load balancer to be deleted', 'loadBalancerGone', async () =>
    (await fetchLoadBalancer(context)) ? pending('still listed') : ready(undefined),
  );
}
