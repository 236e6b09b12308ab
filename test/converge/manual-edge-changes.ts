/** For convergence tests: manual changes to what protects a stack, and the drift that they cause. */
import * as ec2 from '@aws-sdk/client-ec2';
import * as elb from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ManualChange } from './manual-changes.ts';

export const edgeChanges: readonly ManualChange[] = [
  {
    noun: 'vpc',
    what: 'its default security group was opened to the internet',
    drift: ['update vpc'],
    async apply(aws, id) {
      const Filters = [
        { Name: 'vpc-id', Values: [id('vpc', 'vpcId')] },
        { Name: 'group-name', Values: ['default'] },
      ];
      const { SecurityGroups } = await aws.ec2.send(new ec2.DescribeSecurityGroupsCommand({ Filters }));
      await aws.ec2.send(
        new ec2.AuthorizeSecurityGroupIngressCommand({
          GroupId: SecurityGroups?.[0]?.GroupId,
          IpPermissions: [
            { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
          ],
        }),
      );
    },
  },
  {
    noun: 'securityGroups',
    what: 'the load balancer may no longer connect to a port of the tasks',
    drift: ['update securityGroups.web'],
    apply: (aws, id) =>
      aws.ec2.send(
        new ec2.RevokeSecurityGroupEgressCommand({
          GroupId: id('securityGroups.balancer', 'groupId'),
          IpPermissions: [
            {
              IpProtocol: 'tcp',
              FromPort: 5000,
              ToPort: 5000,
              UserIdGroupPairs: [{ GroupId: id('securityGroups.web', 'groupId') }],
            },
          ],
        }),
      ),
  },
  {
    noun: 'securityGroups',
    what: 'the load balancer may connect to everything',
    drift: ['update securityGroups.balancer'],
    apply: (aws, id) =>
      aws.ec2.send(
        new ec2.AuthorizeSecurityGroupEgressCommand({
          GroupId: id('securityGroups.balancer', 'groupId'),
          IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
        }),
      ),
  },
  {
    noun: 'loadBalancer',
    what: 'deletion protection was turned on',
    drift: ['update loadBalancer'],
    apply: (aws, id) =>
      aws.elb.send(
        new elb.ModifyLoadBalancerAttributesCommand({
          LoadBalancerArn: id('loadBalancer', 'loadBalancerArn'),
          Attributes: [{ Key: 'deletion_protection.enabled', Value: 'true' }],
        }),
      ),
  },
];
