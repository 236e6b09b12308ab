/** Target groups: unique by name, and used by at most one load balancer. They cannot be deleted while a rule names them. */
import type * as ELBv2 from '@aws-sdk/client-elastic-load-balancing-v2';
import type { CreateTargetGroupInput, TargetGroup } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { rowOf } from '../finder.ts';
import { targetGroupAttributes } from './attribute-tables.ts';
import { defaultsOf } from './attributes.ts';
import {
  duplicateTargetGroup,
  notImplemented,
  resourceInUse,
  targetGroupNotFound,
  validation,
} from './errors.ts';
import { HEALTH_CHECK_MEMBERS, healthCheckSettings } from './health-check-settings.ts';
import { checkQuota } from './limits.ts';
import { checkTargetGroupName } from './names.ts';
import { page } from './paging.ts';
import { newHexDigits, elbArn } from './arns.ts';
import type { TargetGroupRow } from './store.ts';
import { mergeTags } from './tags.ts';
import { loadBalancerOf } from './usage.ts';

const VERSIONS = ['HTTP1', 'HTTP2', 'GRPC'];
const isVersion = (version: string): boolean => VERSIONS.includes(version);

/** Checks the settings of a create call, and returns them with AWS's defaults. */
function readSettings(region: Region, input: CreateTargetGroupInput) {
  const TargetGroupName = checkTargetGroupName(input.Name);
  const TargetType = input.TargetType ?? 'instance';
  if (TargetType !== 'ip') throw notImplemented(`target groups of type ${TargetType}`);
  const { Protocol, Port, VpcId, IpAddressType = 'ipv4' } = input;
  // Terraform sends an empty string if the user sets no version, and AWS treats this string as the default.
  // https://github.com/hashicorp/terraform-provider-aws/blob/v5.100.0/internal/service/elbv2/target_group.go
  const ProtocolVersion = input.ProtocolVersion || 'HTTP1';
  if (!Protocol) throw validation('A protocol must be specified');
  if (Protocol !== 'HTTP' && Protocol !== 'HTTPS') throw notImplemented(`target groups for ${Protocol}`);
  if (Port === undefined) throw validation('A port must be specified');
  if (!VpcId) throw validation('A VPC ID must be specified');
  if (!region.ec2.vpcs.has(VpcId)) throw validation(`The VPC ID '${VpcId}' is not found`);
  if (!isVersion(ProtocolVersion))
    throw validation(`Protocol version '${ProtocolVersion}' must be one of 'GRPC, HTTP1, HTTP2'`);
  if (IpAddressType !== 'ipv4') throw notImplemented(`target groups for ${IpAddressType}`);
  return {
    TargetGroupName,
    TargetType,
    Protocol,
    Port,
    VpcId,
    ProtocolVersion,
    IpAddressType,
    ...healthCheckSettings(input, ProtocolVersion),
  };
}

/** Returns a group as AWS shows it, with the load balancer that uses the group. */
export function viewOf(region: Region, group: TargetGroupRow): TargetGroup {
  const balancer = loadBalancerOf(region, group.TargetGroupArn);
  return { ...group, LoadBalancerArns: balancer ? [balancer.LoadBalancerArn] : [] };
}

function hasSettings(row: TargetGroupRow, settings: ReturnType<typeof readSettings>): boolean {
  const members = Object.keys(settings) as (keyof typeof settings)[];
  return members.every((member) => JSON.stringify(row[member]) === JSON.stringify(settings[member]));
}

/** Returns the groups that a describe call names; an unknown name or ARN fails the whole call. */
function requestedGroups(
  region: Region,
  { Names = [], TargetGroupArns = [], LoadBalancerArn }: ELBv2.DescribeTargetGroupsInput,
): TargetGroupRow[] {
  const { targetGroups } = region.elbv2;
  const selectors = [Names.length > 0, TargetGroupArns.length > 0, LoadBalancerArn !== undefined];
  if (selectors.filter(Boolean).length > 1) {
    throw validation(
      'Target group names, target group ARNs and a load balancer ARN cannot be specified at the same time',
    );
  }
  const unknownArns = TargetGroupArns.filter((arn) => !targetGroups.has(arn));
  const unknownNames = Names.filter((name) => !targetGroups.find((row) => row.TargetGroupName === name));
  if (unknownArns.length + unknownNames.length > 0)
    throw targetGroupNotFound([...unknownArns, ...unknownNames]);
  if (LoadBalancerArn !== undefined) {
    const balancer = rowOf(region.elbv2.loadBalancers, LoadBalancerArn);
    return targetGroups.filter(({ TargetGroupArn }) => loadBalancerOf(region, TargetGroupArn) === balancer);
  }
  if (Names.length + TargetGroupArns.length === 0) return targetGroups.all();
  return targetGroups.filter(
    ({ TargetGroupArn, TargetGroupName }) =>
      TargetGroupArns.includes(TargetGroupArn) || Names.includes(TargetGroupName),
  );
}

export const targetGroupOperations = {
  /**
   * A repeated call with the same settings returns the existing group.
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
   */
  CreateTargetGroup: {
    inputMembers: [
      'Name',
      'Protocol',
      'ProtocolVersion',
      'Port',
      'VpcId',
      'TargetType',
      'IpAddressType',
      'Tags',
      ...HEALTH_CHECK_MEMBERS,
    ],
    run(input, region) {
      const { targetGroups } = region.elbv2;
      const settings = readSettings(region, input);
      const { TargetGroupName } = settings;
      const tags = mergeTags([], input.Tags);
      const existing = targetGroups.find((row) => row.TargetGroupName === TargetGroupName);
      if (existing && !hasSettings(existing, settings)) throw duplicateTargetGroup(TargetGroupName);
      if (existing) return { TargetGroups: [viewOf(region, existing)] };
      checkQuota('target-groups', targetGroups.size + 1);
      const TargetGroupArn = elbArn(region, `targetgroup/${TargetGroupName}/${newHexDigits(region)}`);
      const group = targetGroups.set(TargetGroupArn, {
        ...settings,
        TargetGroupArn,
        attributes: defaultsOf(targetGroupAttributes),
        tags,
        targets: [],
      });
      return { TargetGroups: [viewOf(region, group)] };
    },
  },

  DescribeTargetGroups: {
    inputMembers: ['Names', 'TargetGroupArns', 'LoadBalancerArn', 'PageSize', 'Marker'],
    run(input, region) {
      const { rows, NextMarker } = page(requestedGroups(region, input), input.PageSize, input.Marker);
      return { TargetGroups: rows.map((row) => viewOf(region, row)), NextMarker };
    },
  },

  /** Refused while a rule names the group, and for some seconds after that. Registered targets do not block the deletion. */
  DeleteTargetGroup: {
    inputMembers: ['TargetGroupArn'],
    run({ TargetGroupArn: arn = '' }, region) {
      const group = region.elbv2.targetGroups.get(arn);
      if (group && (loadBalancerOf(region, arn) || wasRecentlyInUse(region, group))) {
        throw resourceInUse(`Target group '${arn}' is currently in use by a listener or a rule`);
      }
      region.elbv2.targetGroups.delete(arn);
      return {};
    },
  },
} satisfies Operations<typeof ELBv2>;

const wasRecentlyInUse = (region: Region, { inUseUntil }: TargetGroupRow): boolean =>
  inUseUntil !== undefined && region.now() < inUseUntil;
