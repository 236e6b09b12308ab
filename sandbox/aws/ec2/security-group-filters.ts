/** The filters of security groups. Many of the filters concern the rules of a group. */
import type { Region } from '../../world/region.ts';
import type { FilterTable } from './filters.ts';
import { rulesIn } from './security-group-rules.ts';
import type { SecurityGroupRow, SecurityGroupRuleRow } from './store.ts';

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroups.html */
export function groupFilters(region: Region): FilterTable<SecurityGroupRow> {
  const ruleFilters = (prefix: string, isEgress: boolean): FilterTable<SecurityGroupRow> => {
    const ofEachRule =
      (getValue: (rule: SecurityGroupRuleRow) => string | number | undefined) => (group: SecurityGroupRow) =>
        rulesIn(region, group.GroupId, isEgress).map((rule) => getValue(rule)?.toString());
    return {
      [`${prefix}.cidr`]: ofEachRule((rule) => rule.CidrIpv4),
      [`${prefix}.ipv6-cidr`]: ofEachRule((rule) => rule.CidrIpv6),
      [`${prefix}.from-port`]: ofEachRule((rule) => rule.FromPort),
      [`${prefix}.to-port`]: ofEachRule((rule) => rule.ToPort),
      [`${prefix}.protocol`]: ofEachRule((rule) => rule.IpProtocol),
      [`${prefix}.group-id`]: ofEachRule((rule) => rule.ReferencedGroupInfo?.GroupId),
      [`${prefix}.group-name`]: ofEachRule(
        (rule) => region.ec2.securityGroups.get(rule.ReferencedGroupInfo?.GroupId)?.GroupName,
      ),
      [`${prefix}.user-id`]: ofEachRule((rule) => rule.ReferencedGroupInfo?.UserId),
      [`${prefix}.prefix-list-id`]: () => undefined,
    };
  };
  return {
    description: (group) => group.Description,
    'group-id': (group) => group.GroupId,
    'group-name': (group) => group.GroupName,
    'owner-id': (group) => group.OwnerId,
    'vpc-id': (group) => group.VpcId,
    ...ruleFilters('ip-permission', false),
    ...ruleFilters('egress.ip-permission', true),
  };
}
