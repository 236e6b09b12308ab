/** Changes to existing rules: to their whole content, or only to their description. */
import type * as EC2 from '@aws-sdk/client-ec2';
import type { IpPermission, SecurityGroupRuleRequest } from '@aws-sdk/client-ec2';
import type { Operations } from '../../operations.ts';
import { refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';
import { rowOf } from '../finder.ts';
import { missingParameter, notImplemented } from './errors.ts';
import { checkDescription, isSameRule, expandPermissions } from './permissions.ts';
import { checkIsNew, rulesIn } from './security-group-rules.ts';
import type { SecurityGroupRow, SecurityGroupRuleRow } from './store.ts';

/** @throws InvalidSecurityGroupRuleId.NotFound for a rule of another group */
function ruleOf(region: Region, group: SecurityGroupRow, id = ''): SecurityGroupRuleRow {
  const { securityGroupRules } = region.ec2;
  const rule = securityGroupRules.get(id);
  if (rule?.GroupId !== group.GroupId) throw securityGroupRules.kind.notFound(id);
  return rule;
}

/** Converts a rule to a permission with one peer. */
function asPermission(request: SecurityGroupRuleRequest): IpPermission {
  const { CidrIpv4: CidrIp, CidrIpv6, ReferencedGroupId: GroupId, Description, ...rest } = request;
  if (request.PrefixListId) throw notImplemented('PrefixListId');
  return {
    ...rest,
    IpRanges: CidrIp === undefined ? [] : [{ CidrIp, Description }],
    Ipv6Ranges: CidrIpv6 === undefined ? [] : [{ CidrIpv6, Description }],
    UserIdGroupPairs: GroupId === undefined ? [] : [{ GroupId, Description }],
  };
}

type DescriptionsInput = Pick<
  EC2.UpdateSecurityGroupRuleDescriptionsIngressRequest,
  'GroupId' | 'IpPermissions' | 'SecurityGroupRuleDescriptions'
>;

function setDescriptions(region: Region, isEgress: boolean, input: DescriptionsInput) {
  const group = rowOf(region.ec2.securityGroups, input.GroupId);
  const existing = rulesIn(region, group.GroupId, isEgress);
  const changes = [
    ...expandPermissions(region, group, input.IpPermissions ?? []).map((content) => {
      const rule = existing.find((one) => isSameRule(one, content));
      if (rule) return { rule, Description: content.Description };
      throw refusal(
        'InvalidPermission.NotFound',
        'The specified rule does not exist in this security group.',
      );
    }),
    ...(input.SecurityGroupRuleDescriptions ?? []).map(({ SecurityGroupRuleId, Description }) => {
      const rule = region.ec2.securityGroupRules.get(SecurityGroupRuleId);
      if (rule && existing.includes(rule))
        return { rule, Description: checkDescription(Description, 'rule') };
      throw region.ec2.securityGroupRules.kind.notFound(SecurityGroupRuleId ?? '');
    }),
  ];
  if (changes.length === 0) throw missingParameter('ipPermissions');
  for (const { rule, Description } of changes) rule.Description = Description;
  return { Return: true };
}

export const securityGroupRuleChangeOperations = {
  /** Replaces the content of a rule, but keeps its id, direction and tags. */
  ModifySecurityGroupRules: {
    inputMembers: ['GroupId', 'SecurityGroupRules'],
    run({ GroupId, SecurityGroupRules = [] }, region) {
      const group = rowOf(region.ec2.securityGroups, GroupId);
      const changes = SecurityGroupRules.map(({ SecurityGroupRuleId, SecurityGroupRule = {} }) => {
        const rule = ruleOf(region, group, SecurityGroupRuleId);
        const [content, ...more] = expandPermissions(region, group, [asPermission(SecurityGroupRule)]);
        if (!content || more.length > 0) {
          throw refusal('InvalidParameterCombination', 'A rule must have exactly one source or destination.');
        }
        const others = rulesIn(region, group.GroupId, rule.IsEgress).filter((other) => other !== rule);
        checkIsNew(content, others);
        const { SecurityGroupRuleArn, GroupOwnerId, IsEgress, Tags } = rule;
        const kept = { SecurityGroupRuleArn, GroupOwnerId, IsEgress, Tags };
        return { ...kept, ...content, SecurityGroupRuleId: rule.SecurityGroupRuleId, GroupId: rule.GroupId };
      });
      if (changes.length === 0) throw missingParameter('securityGroupRules');
      for (const row of changes) region.ec2.securityGroupRules.set(row.SecurityGroupRuleId, row);
      return { Return: true };
    },
  },

  UpdateSecurityGroupRuleDescriptionsIngress: {
    inputMembers: ['GroupId', 'IpPermissions', 'SecurityGroupRuleDescriptions'],
    run: (input, region) => setDescriptions(region, false, input),
  },
  UpdateSecurityGroupRuleDescriptionsEgress: {
    inputMembers: ['GroupId', 'IpPermissions', 'SecurityGroupRuleDescriptions'],
    run: (input, region) => setDescriptions(region, true, input),
  },
} satisfies Operations<typeof EC2>;
