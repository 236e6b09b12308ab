/** Load balancers: a new one is `provisioning`. Deletion is immediate, but the network interfaces remain for a minute. */
import type * as ELBv2 from '@aws-sdk/client-elastic-load-balancing-v2';
import type { CreateLoadBalancerInput, LoadBalancer } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Operations } from '../../operations.ts';
import type { Events, Region } from '../../world/region.ts';
import { releaseInterface } from '../ec2/network-interfaces.ts';
import { loadBalancerAttributes } from './attribute-tables.ts';
import { defaultsOf } from './attributes.ts';
import { releaseFromListener } from './certificates.ts';
import { newDnsName, addDnsName, removeDnsName } from './dns.ts';
import {
  duplicateLoadBalancer,
  loadBalancerNotFound,
  notImplemented,
  notPermitted,
  validation,
} from './errors.ts';
import { canonicalHostedZoneId } from './hosted-zones.ts';
import { checkQuota } from './limits.ts';
import { checkLoadBalancerName } from './names.ts';
import { page } from './paging.ts';
import { checkIpAddressType } from './ip-address-type.ts';
import { attachInterfaces, checkSecurityGroups, checkSubnets, releaseLater, zonesOf } from './placement.ts';
import { changeRouting } from './routing.ts';
import { newHexDigits, elbArn } from './arns.ts';
import type { LoadBalancerRow } from './store.ts';
import { mergeTags } from './tags.ts';
import { updateAllTargets } from './target-health.ts';
import { listenersOf, rulesOfBalancer } from './usage.ts';

/** Checks the settings of a create call, and returns them with AWS's defaults. */
function readSettings(region: Region, input: CreateLoadBalancerInput, existing: LoadBalancerRow | undefined) {
  const LoadBalancerName = checkLoadBalancerName(input.Name);
  const Type = input.Type ?? 'application';
  if (Type !== 'application') throw notImplemented(`load balancers of type ${Type}`);
  const Scheme = input.Scheme ?? 'internet-facing';
  const existingSubnetIds = existing ? subnetIdsOf(existing) : [];
  const subnets = checkSubnets(region, input, Scheme, (id) => existingSubnetIds.includes(id));
  const IpAddressType = checkIpAddressType(region, input.IpAddressType, subnets);
  const VpcId = subnets[0]?.VpcId ?? '';
  const SecurityGroups = checkSecurityGroups(region, input.SecurityGroups, VpcId);
  const AvailabilityZones = zonesOf(subnets);
  return { LoadBalancerName, Type, Scheme, IpAddressType, VpcId, SecurityGroups, AvailabilityZones };
}

/**
 * Whether a load balancer has exactly these settings. Tags are not compared: AWS does not document whether it compares them.
 */
function hasSettings(row: LoadBalancerRow, settings: ReturnType<typeof readSettings>): boolean {
  const { Scheme, IpAddressType } = settings;
  return (
    row.Scheme === Scheme &&
    row.IpAddressType === IpAddressType &&
    hasSameMembers(subnetIdsOf(row), subnetIdsOf(settings)) &&
    hasSameMembers(row.SecurityGroups ?? [], settings.SecurityGroups)
  );
}

export const subnetIdsOf = ({ AvailabilityZones }: Pick<LoadBalancer, 'AvailabilityZones'>): string[] =>
  (AvailabilityZones ?? []).flatMap(({ SubnetId }) => SubnetId ?? []);

const hasSameMembers = (one: readonly string[], other: readonly string[]): boolean =>
  [...one].sort().join() === [...other].sort().join();

/** Returns the load balancers that a describe call names. An unknown name or ARN fails the whole call. */
function requestedBalancers(region: Region, names: string[], arns: string[]): LoadBalancerRow[] {
  const { loadBalancers } = region.elbv2;
  if (names.length > 0 && arns.length > 0) {
    throw validation('Load balancer names and load balancer ARNs cannot be specified at the same time');
  }
  const unknownArns = arns.filter((arn) => !loadBalancers.has(arn));
  const unknownNames = names.filter((name) => !loadBalancers.find((row) => row.LoadBalancerName === name));
  if (unknownArns.length + unknownNames.length > 0)
    throw loadBalancerNotFound([...unknownArns, ...unknownNames]);
  if (names.length + arns.length === 0) return loadBalancers.all();
  return loadBalancers.filter(
    ({ LoadBalancerArn, LoadBalancerName }) =>
      arns.includes(LoadBalancerArn) || names.includes(LoadBalancerName),
  );
}

export const loadBalancerOperations = {
  /**
   * A repeated call with the same settings returns the existing load balancer.
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
   */
  CreateLoadBalancer: {
    inputMembers: [
      'Name',
      'Subnets',
      'SubnetMappings',
      'SecurityGroups',
      'Scheme',
      'Type',
      'IpAddressType',
      'Tags',
    ],
    run(input, region) {
      const { loadBalancers } = region.elbv2;
      const existing = loadBalancers.find((row) => row.LoadBalancerName === input.Name);
      const settings = readSettings(region, input, existing);
      const { LoadBalancerName, Scheme } = settings;
      const tags = mergeTags([], input.Tags);
      if (existing && !hasSettings(existing, settings)) throw duplicateLoadBalancer(LoadBalancerName);
      if (existing) return { LoadBalancers: [existing] };
      checkQuota('application-load-balancers', loadBalancers.size + 1);
      const LoadBalancerArn = elbArn(region, `loadbalancer/app/${LoadBalancerName}/${newHexDigits(region)}`);
      const balancer = loadBalancers.set(LoadBalancerArn, {
        ...settings,
        LoadBalancerArn,
        DNSName: newDnsName(region, LoadBalancerName, Scheme),
        CanonicalHostedZoneId: canonicalHostedZoneId(region.name),
        CreatedTime: region.now(),
        State: { Code: 'provisioning' },
        attributes: {
          ...defaultsOf(loadBalancerAttributes),
          'ipv6.deny_all_igw_traffic': String(Scheme === 'internal'),
        },
        tags,
        interfaceIds: [],
      });
      addDnsName(region, balancer.DNSName, LoadBalancerArn);
      attachInterfaces(region, balancer, subnetIdsOf(balancer));
      region.after('loadBalancerCreate', 'elbv2:load-balancer-active', LoadBalancerArn);
      return { LoadBalancers: [balancer] };
    },
  },

  DescribeLoadBalancers: {
    inputMembers: ['Names', 'LoadBalancerArns', 'PageSize', 'Marker'],
    run({ Names = [], LoadBalancerArns = [], PageSize, Marker }, region) {
      const { rows: LoadBalancers, NextMarker } = page(
        requestedBalancers(region, Names, LoadBalancerArns),
        PageSize,
        Marker,
      );
      return { LoadBalancers, NextMarker };
    },
  },

  /**
   * Also deletes the listeners and rules of the load balancer, and its association with a web ACL, but not its target groups.
   * An unknown load balancer is not an error.
   */
  DeleteLoadBalancer: {
    inputMembers: ['LoadBalancerArn'],
    run({ LoadBalancerArn: arn = '' }, region) {
      const balancer = region.elbv2.loadBalancers.get(arn);
      if (!balancer) return {};
      if (balancer.attributes['deletion_protection.enabled'] === 'true') {
        throw notPermitted(`Load balancer '${arn}' cannot be deleted because deletion protection is enabled`);
      }
      changeRouting(region, () => {
        for (const { RuleArn } of rulesOfBalancer(region, arn)) region.elbv2.rules.delete(RuleArn);
        for (const listener of listenersOf(region, arn)) {
          releaseFromListener(region, listener);
          region.elbv2.listeners.delete(listener.ListenerArn);
        }
        region.elbv2.loadBalancers.delete(arn);
      });
      region.wafv2.webAclAssociations.delete(arn);
      region.forget('elbv2:load-balancer-active', arn);
      removeDnsName(region, balancer.DNSName);
      releaseLater(region, balancer.interfaceIds);
      return {};
    },
  },
} satisfies Operations<typeof ELBv2>;

export const loadBalancerEvents: Events = {
  'elbv2:load-balancer-active'(region, arn) {
    const balancer = region.elbv2.loadBalancers.get(arn);
    if (!balancer) return;
    if (balancer.pendingFailure !== undefined) {
      balancer.State = { Code: 'failed', Reason: balancer.pendingFailure };
      return;
    }
    balancer.State = { Code: 'active' };
    updateAllTargets(region);
  },
  'elbv2:interface-released': releaseInterface,
};
