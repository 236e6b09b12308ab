/** The rules of security groups: each has one protocol, one port range, one peer and one direction. */
import type * as EC2 from '@aws-sdk/client-ec2';
import type { IpPermission, Tag } from '@aws-sdk/client-ec2';
import type { Operations } from '../../operations.ts';
import { refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';
import { rowOf } from '../finder.ts';
import { invalidParameter, missingParameter } from './errors.ts';
import { filtered, page, requestedRows, type FilterTable } from './filters.ts';
import { groupOf } from './group-names.ts';
import { isSameRule, peerOf, expandPermissions, type RuleContent } from './permissions.ts';
import { checkQuota, quotas } from './quotas.ts';
import type { SecurityGroupRow, SecurityGroupRuleRow } from './store.ts';
import { tagsFor } from './tags.ts';
import { newId } from './kinds.ts';

/** Returns the rules of a group in one direction or in both. */
export const rulesIn = (region: Region, groupId: string, isEgress?: boolean): SecurityGroupRuleRow[] =>
  region.ec2.securityGroupRules.filter(
    (rule) => rule.GroupId === groupId && rule.IsEgress === (isEgress ?? rule.IsEgress),
  );

/** Adds a rule to a group without checking the rule. */
export function addRule(
  region: Region,
  { GroupId }: SecurityGroupRow,
  IsEgress: boolean,
  content: RuleContent,
  tags: Tag[] = [],
): SecurityGroupRuleRow {
  const SecurityGroupRuleId = newId(region, region.ec2.securityGroupRules);
  return region.ec2.securityGroupRules.set(SecurityGroupRuleId, {
    SecurityGroupRuleId,
    SecurityGroupRuleArn: region.arn('ec2', `security-group-rule/${SecurityGroupRuleId}`),
    GroupId,
    GroupOwnerId: region.account,
    IsEgress,
    ...content,
    Tags: [...tags],
  });
}

/** Describes a rule in the words of AWS's refusals, where the protocol `-1` is called ALL. */
function inWords(rule: RuleContent): string {
  const protocol = rule.IpProtocol === '-1' ? 'ALL' : rule.IpProtocol.toUpperCase();
  const ports = rule.IpProtocol === '-1' ? '' : `, from port: ${rule.FromPort}, to port: ${rule.ToPort}`;
  return `peer: ${peerOf(rule)}, ${protocol}${ports}, ALLOW`;
}

/** @throws InvalidPermission.Duplicate for a rule that the group already has */
export function checkIsNew(rule: RuleContent, existing: RuleContent[]): void {
  if (!existing.some((other) => isSameRule(other, rule))) return;
  throw refusal('InvalidPermission.Duplicate', `the specified rule "${inWords(rule)}" already exists`);
}

interface RulesInput {
  readonly GroupId?: string;
  readonly GroupName?: string;
  readonly IpPermissions?: IpPermission[];
  readonly IpProtocol?: string;
  readonly FromPort?: number;
  readonly ToPort?: number;
  readonly CidrIp?: string;
}

/** Returns the group and the rules of a call. An ingress call can also contain a single rule as separate parameters. */
function requestedRules(
  region: Region,
  input: RulesInput,
): { group: SecurityGroupRow; contents: RuleContent[] } {
  const group = groupOf(region, input);
  const { CidrIp, IpPermissions = [], ...flat } = input;
  const flatPermissions =
    flat.IpProtocol === undefined ? [] : [{ ...flat, IpRanges: CidrIp ? [{ CidrIp }] : [] }];
  const permissions = [...IpPermissions, ...flatPermissions];
  return { group, contents: expandPermissions(region, group, permissions) };
}

type AuthorizeInput = RulesInput & Pick<EC2.AuthorizeSecurityGroupIngressRequest, 'TagSpecifications'>;

/** Adds all rules of a call, or no rule if one is refused. AWS does not document what happens to the other rules. */
function authorize(region: Region, isEgress: boolean, input: AuthorizeInput) {
  const { group, contents } = requestedRules(region, input);
  if (contents.length === 0) throw missingParameter('ipPermissions');
  const tags = tagsFor(region.ec2.securityGroupRules, input.TagSpecifications);
  const existing = rulesIn(region, group.GroupId, isEgress);
  for (const [i, content] of contents.entries()) {
    if (contents.slice(0, i).some((other) => isSameRule(other, content))) {
      throw invalidParameter('The same permission must not appear multiple times');
    }
    checkIsNew(content, existing);
  }
  // A rule whose peer is a group counts towards both the IPv4 and the IPv6 quota.
  const all = [...existing, ...contents];
  checkQuota(quotas.rulesPerGroup, all.filter(({ CidrIpv6 }) => CidrIpv6 === undefined).length);
  checkQuota(quotas.rulesPerGroup, all.filter(({ CidrIpv4 }) => CidrIpv4 === undefined).length);
  const SecurityGroupRules = contents.map((content) => addRule(region, group, isEgress, content, tags));
  return { Return: true, SecurityGroupRules };
}

type RevokeInput = RulesInput & Pick<EC2.RevokeSecurityGroupIngressRequest, 'SecurityGroupRuleIds'>;

/**
 * Revokes all rules of a call, or no rule if one is unknown.
 * @throws InvalidPermission.NotFound, InvalidSecurityGroupRuleId.NotFound
 */
function revoke(region: Region, isEgress: boolean, input: RevokeInput) {
  const { group, contents } = requestedRules(region, input);
  const existing = rulesIn(region, group.GroupId, isEgress);
  const byContent = contents.map((content) => {
    const rule = existing.find((one) => isSameRule(one, content));
    if (rule) return rule;
    throw refusal('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.');
  });
  const byId = (input.SecurityGroupRuleIds ?? []).map((id) => {
    const rule = rowOf(region.ec2.securityGroupRules, id);
    if (existing.includes(rule)) return rule;
    throw region.ec2.securityGroupRules.kind.notFound(id);
  });
  const rules = [...byContent, ...byId];
  if (rules.length === 0) throw missingParameter('ipPermissions');
  for (const { SecurityGroupRuleId } of rules) region.ec2.securityGroupRules.delete(SecurityGroupRuleId);
  const RevokedSecurityGroupRules = rules.map(({ ReferencedGroupInfo, ...rule }) => ({
    ...rule,
    ReferencedGroupId: ReferencedGroupInfo?.GroupId,
  }));
  return { Return: true, RevokedSecurityGroupRules };
}

const filters: FilterTable<SecurityGroupRuleRow> = {
  'group-id': (rule) => rule.GroupId,
  'security-group-rule-id': (rule) => rule.SecurityGroupRuleId,
};

const FLAT_PARAMETERS = ['IpProtocol', 'FromPort', 'ToPort', 'CidrIp'] as const;

export const securityGroupRuleOperations = {
  AuthorizeSecurityGroupIngress: {
    inputMembers: ['GroupId', 'GroupName', 'IpPermissions', 'TagSpecifications', ...FLAT_PARAMETERS],
    run: (input, region) => authorize(region, false, input),
  },
  AuthorizeSecurityGroupEgress: {
    inputMembers: ['GroupId', 'IpPermissions', 'TagSpecifications'],
    run: (input, region) => authorize(region, true, input),
  },
  RevokeSecurityGroupIngress: {
    inputMembers: ['GroupId', 'GroupName', 'IpPermissions', 'SecurityGroupRuleIds', ...FLAT_PARAMETERS],
    run: (input, region) => revoke(region, false, input),
  },
  RevokeSecurityGroupEgress: {
    inputMembers: ['GroupId', 'IpPermissions', 'SecurityGroupRuleIds'],
    run: (input, region) => revoke(region, true, input),
  },

  DescribeSecurityGroupRules: {
    inputMembers: ['SecurityGroupRuleIds', 'Filters', 'MaxResults', 'NextToken'],
    run(input, region) {
      const rows = requestedRows(input.SecurityGroupRuleIds, region.ec2.securityGroupRules);
      const { rows: SecurityGroupRules, NextToken } = page(filtered(rows, input.Filters, filters), input);
      return { SecurityGroupRules, NextToken };
    },
  },
} satisfies Operations<typeof EC2>;
