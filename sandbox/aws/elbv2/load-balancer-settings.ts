/** The operations that change the settings of a load balancer: attributes, subnets and security groups. */
import type * as ELBv2 from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Operations } from '../../operations.ts';
import { rowOf } from '../finder.ts';
import { checkAccessLogs } from './access-logs.ts';
import { loadBalancerAttributes } from './attribute-tables.ts';
import { changedAttributes, attributeList } from './attributes.ts';
import { invalidConfiguration } from './errors.ts';
import { assignIpv6Addresses, checkIpAddressType } from './ip-address-type.ts';
import { subnetIdsOf } from './load-balancers.ts';
import { attachInterfaces, checkSecurityGroups, checkSubnets, releaseLater, zonesOf } from './placement.ts';
import { updateAllTargets } from './target-health.ts';

export const loadBalancerSettingsOperations = {
  DescribeLoadBalancerAttributes: {
    inputMembers: ['LoadBalancerArn'],
    run({ LoadBalancerArn }, region) {
      return { Attributes: attributeList(rowOf(region.elbv2.loadBalancers, LoadBalancerArn).attributes) };
    },
  },

  /** The response contains all attributes, not only the changed ones. */
  ModifyLoadBalancerAttributes: {
    inputMembers: ['LoadBalancerArn', 'Attributes'],
    run({ LoadBalancerArn, Attributes }, region) {
      const balancer = rowOf(region.elbv2.loadBalancers, LoadBalancerArn);
      const next = changedAttributes(
        balancer.attributes,
        Attributes,
        loadBalancerAttributes,
        'Load balancer',
      );
      checkAccessLogs(region, balancer, next);
      balancer.attributes = next;
      return { Attributes: attributeList(balancer.attributes) };
    },
  },

  /** Replaces the whole set of security groups. */
  SetSecurityGroups: {
    inputMembers: ['LoadBalancerArn', 'SecurityGroups'],
    run({ LoadBalancerArn, SecurityGroups }, region) {
      const balancer = rowOf(region.elbv2.loadBalancers, LoadBalancerArn);
      if (!SecurityGroups?.length)
        throw invalidConfiguration('At least one security group must be specified');
      const groups = checkSecurityGroups(region, SecurityGroups, balancer.VpcId);
      balancer.SecurityGroups = groups;
      const identifiers = groups.map((GroupId) => ({
        GroupId,
        GroupName: region.ec2.securityGroups.get(GroupId)?.GroupName,
      }));
      for (const id of balancer.interfaceIds) {
        const networkInterface = region.ec2.networkInterfaces.get(id);
        if (networkInterface) networkInterface.Groups = identifiers;
      }
      return { SecurityGroupIds: groups };
    },
  },

  /** Replaces the whole set of subnets. A subnet that remains in the set keeps its network interface. */
  SetSubnets: {
    inputMembers: ['LoadBalancerArn', 'Subnets', 'SubnetMappings', 'IpAddressType'],
    run(input, region) {
      const balancer = rowOf(region.elbv2.loadBalancers, input.LoadBalancerArn);
      const previousSubnetIds = subnetIdsOf(balancer);
      const subnets = checkSubnets(region, input, balancer.Scheme ?? '', (id) =>
        previousSubnetIds.includes(id),
      );
      if (subnets.some(({ VpcId }) => VpcId !== balancer.VpcId)) {
        throw invalidConfiguration('All subnets must belong to the same VPC');
      }
      const type = checkIpAddressType(region, input.IpAddressType ?? balancer.IpAddressType, subnets);
      const subnetIds = subnets.map(({ SubnetId }) => SubnetId);
      const removedInterfaces = balancer.interfaceIds.filter(
        (id) => !subnetIds.includes(region.ec2.networkInterfaces.get(id)?.SubnetId ?? ''),
      );
      balancer.interfaceIds = balancer.interfaceIds.filter((id) => !removedInterfaces.includes(id));
      balancer.AvailabilityZones = zonesOf(subnets);
      balancer.IpAddressType = type;
      attachInterfaces(
        region,
        balancer,
        subnetIds.filter((id) => !previousSubnetIds.includes(id)),
      );
      releaseLater(region, removedInterfaces);
      updateAllTargets(region);
      return { AvailabilityZones: balancer.AvailabilityZones, IpAddressType: balancer.IpAddressType };
    },
  },

  /** Returns an empty list, because the sandbox cannot reserve capacity. */
  DescribeCapacityReservation: {
    inputMembers: ['LoadBalancerArn'],
    run({ LoadBalancerArn }, region) {
      rowOf(region.elbv2.loadBalancers, LoadBalancerArn);
      return { CapacityReservationState: [] };
    },
  },

  SetIpAddressType: {
    inputMembers: ['LoadBalancerArn', 'IpAddressType'],
    run({ LoadBalancerArn, IpAddressType }, region) {
      const balancer = rowOf(region.elbv2.loadBalancers, LoadBalancerArn);
      const subnets = subnetIdsOf(balancer).flatMap((id) => region.ec2.subnets.get(id) ?? []);
      balancer.IpAddressType = checkIpAddressType(region, IpAddressType, subnets);
      assignIpv6Addresses(region, balancer);
      return { IpAddressType: balancer.IpAddressType };
    },
  },
} satisfies Operations<typeof ELBv2>;
