/** The filters of security groups, many of which concern their rules. */
import type { Region } from '../../world/region.ts';
import type { FilterTable } from './filters.ts';
import { rulesIn } from './security-group-rules.ts';
import type { SecurityGroupRow, SecurityGroupRuleRow } from './store.ts';

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroups.html */
export function groupFilters(region: Region): FilterTable<SecurityGroupRow> {
  const ofRules = (prefix: string, isEgress: boolean): FilterTable<SecurityGroupRow> => {
    const each =
      (show: (rule: SecurityGroupRuleRow) => string | number | undefined) => (group: SecurityGroupRow) =>
        rulesIn(region, group.GroupId, isEgress).map((rule) => show(rule)?.toString());
    return {
      [`${prefix}.cidr`]: each((rule) => rule.CidrIpv4),
      [`${prefix}.ipv6-cidr`]: each((rule) => rule.CidrIpv6),
      [`${prefix}.from-port`]: each((rule) => rule.FromPort),
      [`${prefix}.to-port`]: each((rule) => rule.ToPort),
      [`${prefix}.protocol`]: each((rule) => rule.IpProtocol),
      [`${prefix}.group-id`]: each((rule) => rule.ReferencedGroupInfo?.GroupId),
      [`${prefix}.group-name`]: each(
        (rule) => region.ec2.securityGroups.get(rule.ReferencedGroupInfo?.GroupId)?.GroupName,
      ),
      [`${prefix}.user-id`]: each((rule) => rule.ReferencedGroupInfo?.UserId),
      [`${prefix}.prefix-list-id`]: () => undefined,
    };
  };
  return {
    description: (group) => group.Description,
    'group-id': (group) => group.GroupId,
    'group-name': (group) => group.GroupName,
    'owner-id': (group) => group.OwnerId,
    'vpc-id': (group) => group.VpcId,
    ...ofRules('ip-permission', false),
    ...ofRules('egress.ip-permission', true),
  };
}
