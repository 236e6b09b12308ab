/** The operations on targets: registration, deregistration and health. */
import type * as ELBv2 from '@aws-sdk/client-elastic-load-balancing-v2';
import type { TargetDescription, TargetHealth } from '@aws-sdk/client-elastic-load-balancing-v2';
import { isIPv4 } from 'node:net';
import type { Operations } from '../../operations.ts';
import { cidrCovers } from '../../network/cidr.ts';
import type { Region } from '../../world/region.ts';
import { rowOf } from '../finder.ts';
import { validation } from './errors.ts';
import { checkQuota } from './limits.ts';
import type { TargetGroupRow } from './store.ts';
import { deregisterTarget, registerTarget } from './targets.ts';

/** Private addresses (RFC 1918) and shared carrier addresses (RFC 6598). A target outside the VPC must have such an address. */
const PRIVATE_RANGES = ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16'];

const NOT_REGISTERED: TargetHealth = {
  State: 'unused',
  Reason: 'Target.NotRegistered',
  Description: 'Target is not registered to the target group',
};

interface Address {
  readonly id: string;
  readonly port: number;
}

/** @throws ValidationError */
function addressOf(group: TargetGroupRow, { Id = '', Port = group.Port }: TargetDescription): Address {
  if (!isIPv4(Id)) throw validation(`The IP address '${Id}' is not a valid IPv4 address`);
  return { id: Id, port: Port };
}

/**
 * Returns the zone of a target: the zone of its subnet, or `all` for an address outside the VPC.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetDescription.html
 */
function zoneFor(region: Region, group: TargetGroupRow, ip: string, requested: string | undefined): string {
  const subnet = region.ec2.subnets.find(
    ({ VpcId, CidrBlock }) => VpcId === group.VpcId && cidrCovers(CidrBlock, ip),
  );
  if (subnet) {
    const { AvailabilityZone: zone } = subnet;
    if (requested === undefined || requested === zone) return zone;
    throw validation(
      `The IP address '${ip}' is within the VPC, and cannot have its Availability Zone overridden to '${requested}' from '${zone}'`,
    );
  }
  if (requested === undefined) {
    throw validation(`The Availability Zone is required for IP address '${ip}' because it is not in the VPC`);
  }
  if (requested !== 'all') {
    throw validation(
      `You must specify a valid Availability Zone or select 'all' for all enabled Availability zones, since the IP address '${ip}' is outside the VPC`,
    );
  }
  if (!PRIVATE_RANGES.some((cidr) => cidrCovers(cidr, ip))) {
    throw validation(`The IP address '${ip}' is outside the VPC and must be from a private range`);
  }
  return requested;
}

const requiredTargets = (targets: TargetDescription[] | undefined): TargetDescription[] => {
  if (!targets?.length) throw validation('At least one target must be specified');
  return targets;
};

export const targetOperations = {
  /** Registers all targets of a call, or no target if one of them is refused. */
  RegisterTargets: {
    inputMembers: ['TargetGroupArn', 'Targets'],
    run({ TargetGroupArn, Targets }, region) {
      const group = rowOf(region.elbv2.targetGroups, TargetGroupArn);
      const requested = requiredTargets(Targets).map((target) => {
        const { id, port } = addressOf(group, target);
        return { id, port, zone: zoneFor(region, group, id, target.AvailabilityZone) };
      });
      const keys = [...group.targets, ...requested].map(({ id, port }) => `${id}:${port}`);
      checkQuota('targets-per-target-group', new Set(keys).size);
      for (const { id, port, zone } of requested)
        registerTarget(region, group.TargetGroupArn, id, port, zone);
      return {};
    },
  },

  /** Ignores unknown targets. ECS registers a target again if it is a running task of a service. */
  DeregisterTargets: {
    inputMembers: ['TargetGroupArn', 'Targets'],
    run({ TargetGroupArn, Targets }, region) {
      const group = rowOf(region.elbv2.targetGroups, TargetGroupArn);
      const requested = requiredTargets(Targets).map((target) => addressOf(group, target));
      for (const { id, port } of requested) deregisterTarget(region, group.TargetGroupArn, id, port);
      region.after(0, 'ecs:target-health-changed', group.TargetGroupArn);
      return {};
    },
  },

  DescribeTargetHealth: {
    inputMembers: ['TargetGroupArn', 'Targets'],
    run({ TargetGroupArn, Targets }, region) {
      const group = rowOf(region.elbv2.targetGroups, TargetGroupArn);
      const requested = Targets?.length ? Targets.map((target) => addressOf(group, target)) : group.targets;
      return {
        TargetHealthDescriptions: requested.map(({ id, port }) => {
          const target = group.targets.find((one) => one.id === id && one.port === port);
          return {
            Target: { Id: id, Port: port, AvailabilityZone: target?.availabilityZone },
            HealthCheckPort: group.HealthCheckPort === 'traffic-port' ? String(port) : group.HealthCheckPort,
            TargetHealth: target?.health ?? NOT_REGISTERED,
          };
        }),
      };
    },
  },
} satisfies Operations<typeof ELBv2>;
