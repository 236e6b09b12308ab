// The scene for tests of security group rules: a group in a VPC, and short names for the calls.
import {
  AuthorizeSecurityGroupIngressCommand,
  DescribeSecurityGroupsCommand,
  ModifySecurityGroupRulesCommand,
  RevokeSecurityGroupIngressCommand,
  type AuthorizeSecurityGroupIngressRequest,
  type IpPermission,
  type RevokeSecurityGroupIngressRequest,
  type SecurityGroupRuleRequest,
} from '@aws-sdk/client-ec2';
import { sandbox } from '../../harness.ts';
import { makerOf, required } from './scene.ts';

/** Returns a permission for TCP on one port. */
export const tcpPort = (port = 80, CidrIp = '0.0.0.0/0'): IpPermission => ({
  IpProtocol: 'tcp',
  FromPort: port,
  ToPort: port,
  IpRanges: [{ CidrIp }],
});

/** Creates a group without ingress rules, and returns short names for the calls that change and list its rules. */
export async function ruleScene() {
  const started = await sandbox();
  const { ec2 } = started;
  const make = makerOf(ec2);
  const vpc = await make.vpc();
  const GroupId = await make.group(vpc);
  return {
    ...started,
    make,
    vpc,
    GroupId,
    authorize: async (input: IpPermission[] | AuthorizeSecurityGroupIngressRequest) => {
      const rest = Array.isArray(input) ? { IpPermissions: input } : input;
      const response = await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, ...rest }));
      return required(response.SecurityGroupRules);
    },
    revoke: (input: RevokeSecurityGroupIngressRequest) =>
      ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, ...input })),
    modify: (SecurityGroupRuleId: string | undefined, SecurityGroupRule: SecurityGroupRuleRequest) =>
      ec2.send(
        new ModifySecurityGroupRulesCommand({
          GroupId,
          SecurityGroupRules: [{ SecurityGroupRuleId, SecurityGroupRule }],
        }),
      ),
    permissions: async () =>
      required(
        (await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [GroupId] }))).SecurityGroups?.[0]
          ?.IpPermissions,
      ),
  };
}
