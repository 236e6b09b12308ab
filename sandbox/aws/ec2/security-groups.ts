/** Security groups: a new group allows all egress. Interfaces and the rules of other groups block a group's deletion. */
import type * as EC2 from '@aws-sdk/client-ec2';
import type { SecurityGroup, Tag } from '@aws-sdk/client-ec2';
import type { Operations } from '../../operations.ts';
import { refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';
import { rowOf } from '../finder.ts';
import { invalidParameter, invalidValue, missingParameter } from './errors.ts';
import { filtered, page, requestedRows } from './filters.ts';
import { defaultVpcOf, groupByName, groupOf } from './group-names.ts';
import { checkDescription, permissionsOf } from './permissions.ts';
import { checkQuota, quotas } from './quotas.ts';
import { groupFilters } from './security-group-filters.ts';
import { addRule, rulesIn } from './security-group-rules.ts';
import type { SecurityGroupRow, VpcRow } from './store.ts';
import { tagsFor } from './tags.ts';
import { newId } from './kinds.ts';

const EVERYTHING = { IpProtocol: '-1', FromPort: -1, ToPort: -1 };

/** Adds a group with its initial rule, which allows all egress. */
function addGroup(region: Region, vpc: VpcRow, name: string, description: string, tags: Tag[]) {
  const GroupId = newId(region, region.ec2.securityGroups);
  const group: SecurityGroupRow = region.ec2.securityGroups.set(GroupId, {
    GroupId,
    GroupName: name,
    Description: description,
    VpcId: vpc.VpcId,
    OwnerId: region.account,
    SecurityGroupArn: region.arn('ec2', `security-group/${GroupId}`),
    Tags: tags,
  });
  addRule(region, group, true, { ...EVERYTHING, CidrIpv4: '0.0.0.0/0' });
  return group;
}

/** Adds the default group of a new VPC. The members of the group can reach each other. */
export function addDefaultGroup(region: Region, vpc: VpcRow): SecurityGroupRow {
  const group = addGroup(region, vpc, 'default', 'default VPC security group', []);
  const { GroupId } = group;
  addRule(region, group, false, {
    ...EVERYTHING,
    ReferencedGroupInfo: { GroupId, UserId: region.account },
  });
  return group;
}

/** Returns the default group of a VPC. An interface whose create call names no group is in this group. */
export const defaultGroupOf = (region: Region, vpcId: string): SecurityGroupRow | undefined =>
  region.ec2.securityGroups.find(({ VpcId, GroupName }) => VpcId === vpcId && GroupName === 'default');

/** Deletes a group and its rules. */
export function removeGroup(region: Region, groupId: string): void {
  for (const { SecurityGroupRuleId } of rulesIn(region, groupId)) {
    region.ec2.securityGroupRules.delete(SecurityGroupRuleId);
  }
  region.ec2.securityGroups.delete(groupId);
}

const viewOf = (region: Region, group: SecurityGroupRow): SecurityGroup => ({
  ...group,
  IpPermissions: permissionsOf(rulesIn(region, group.GroupId, false)),
  IpPermissionsEgress: permissionsOf(rulesIn(region, group.GroupId, true)),
});

const NAME = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/;

/** Checks a group name. Names are case-insensitive. @throws InvalidParameterValue, InvalidGroup.Duplicate */
function checkName(region: Region, vpcId: string, name: string | undefined): string {
  if (!name) throw missingParameter('groupName');
  if (!NAME.test(name)) {
    const why =
      'Valid names are strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*';
    throw invalidValue('GroupName', name, why);
  }
  if (name.startsWith('sg-')) {
    throw invalidValue('groupName', name, 'Group names may not be in the format sg-*.');
  }
  if (name.toLowerCase() === 'default') {
    throw invalidParameter(`Cannot use reserved security group name: ${name}`);
  }
  const existing = region.ec2.securityGroups.find(
    (group) => group.VpcId === vpcId && group.GroupName.toLowerCase() === name.toLowerCase(),
  );
  if (existing) {
    throw refusal('InvalidGroup.Duplicate', `The security group '${name}' already exists for VPC '${vpcId}'`);
  }
  return name;
}

/** Whether an interface uses a group, or a rule of another group refers to it. The group's own rules do not count. */
const isInUse = ({ ec2 }: Region, groupId: string): boolean =>
  ec2.networkInterfaces.all().some(({ Groups }) => Groups?.some(({ GroupId }) => GroupId === groupId)) ||
  ec2.securityGroupRules
    .all()
    .some(
      ({ GroupId, ReferencedGroupInfo }) => GroupId !== groupId && ReferencedGroupInfo?.GroupId === groupId,
    );

export const securityGroupOperations = {
  /** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html */
  CreateSecurityGroup: {
    inputMembers: ['GroupName', 'Description', 'VpcId', 'TagSpecifications'],
    run(input, region) {
      const vpc = input.VpcId ? rowOf(region.ec2.vpcs, input.VpcId) : defaultVpcOf(region);
      const name = checkName(region, vpc.VpcId, input.GroupName);
      const description = checkDescription(input.Description, 'security group');
      if (!description) throw missingParameter('groupDescription');
      checkQuota(quotas.securityGroups, region.ec2.securityGroups.size + 1);
      const tags = tagsFor(region.ec2.securityGroups, input.TagSpecifications);
      const { GroupId, SecurityGroupArn } = addGroup(region, vpc, name, description, tags);
      return { GroupId, SecurityGroupArn, Tags: tags };
    },
  },

  DescribeSecurityGroups: {
    inputMembers: ['GroupIds', 'GroupNames', 'Filters', 'MaxResults', 'NextToken'],
    run(input, region) {
      const { GroupIds = [], GroupNames = [] } = input;
      const named = GroupNames.map((name) => groupByName(region, name).GroupId);
      const rows = requestedRows([...GroupIds, ...named], region.ec2.securityGroups);
      const { rows: groups, NextToken } = page(filtered(rows, input.Filters, groupFilters(region)), input);
      return { SecurityGroups: groups.map((group) => viewOf(region, group)), NextToken };
    },
  },

  DeleteSecurityGroup: {
    inputMembers: ['GroupId', 'GroupName'],
    run(input, region) {
      const { GroupId, GroupName } = groupOf(region, input);
      if (GroupName === 'default') {
        throw refusal(
          'CannotDelete',
          `the specified group: "${GroupId}" name: "default" cannot be deleted by a user`,
        );
      }
      if (isInUse(region, GroupId)) {
        throw refusal('DependencyViolation', `resource ${GroupId} has a dependent object`);
      }
      removeGroup(region, GroupId);
      return { Return: true, GroupId };
    },
  },
} satisfies Operations<typeof EC2>;
