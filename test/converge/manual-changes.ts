/** For convergence tests: manual changes to each noun, made with AWS's own calls, and the drift that they cause. */
import * as logs from '@aws-sdk/client-cloudwatch-logs';
import * as ec2 from '@aws-sdk/client-ec2';
import * as ecr from '@aws-sdk/client-ecr';
import * as ecs from '@aws-sdk/client-ecs';
import * as elb from '@aws-sdk/client-elastic-load-balancing-v2';
import * as route53 from '@aws-sdk/client-route-53';
import type { Noun } from '../../lib/model/architecture.ts';
import type { Clients } from './clients.ts';
import { manualRoleChanges } from './manual-role-changes.ts';
import { edgeChanges } from './manual-edge-changes.ts';

/** One manual change, and the drift that it causes: verb and address, as in a plan. */
export interface ManualChange {
  readonly noun: Noun;
  readonly what: string;
  readonly drift: readonly string[];
  readonly apply: (aws: Clients, id: (address: string, field: string) => string) => Promise<unknown>;
}

const CLUSTER = 'shop-dev';
const TAGS = ['Name', 'slipway:stack', 'slipway:step', 'slipway:key'];
const DOMAIN = 'api.example.com';
const ec2TagsStripped = (noun: Noun, address: string, field: string): ManualChange => ({
  noun,
  what: 'its tags were removed',
  drift: [`update ${address}`],
  apply: (aws, id) => aws.ec2.send(new ec2.DeleteTagsCommand({ Resources: [id(address, field)] })),
});
const ec2TagRemoved = (noun: Noun, address: string, field: string, Key: string): ManualChange => ({
  noun,
  what: `its tag ${Key} was removed`,
  drift: [`update ${address}`],
  apply: (aws, id) =>
    aws.ec2.send(new ec2.DeleteTagsCommand({ Resources: [id(address, field)], Tags: [{ Key }] })),
});
const elbTagsStripped = (noun: Noun, address: string, field: string): ManualChange => ({
  noun,
  what: 'its tags were removed',
  drift: [`update ${address}`],
  apply: (aws, id) =>
    aws.elb.send(new elb.RemoveTagsCommand({ ResourceArns: [id(address, field)], TagKeys: TAGS })),
});

const network: readonly ManualChange[] = [
  {
    noun: 'vpc',
    what: 'DNS host names were turned off',
    drift: ['update vpc'],
    apply: (aws, id) =>
      aws.ec2.send(
        new ec2.ModifyVpcAttributeCommand({
          VpcId: id('vpc', 'vpcId'),
          EnableDnsHostnames: { Value: false },
        }),
      ),
  },
  ec2TagsStripped('vpc', 'vpc', 'vpcId'),
  ec2TagsStripped('subnets', 'subnets.private-2', 'subnetId'),
  ec2TagsStripped('internetGateway', 'internetGateway', 'internetGatewayId'),
  ec2TagsStripped('elasticIp', 'elasticIp', 'allocationId'),
  ec2TagsStripped('natGateway', 'natGateway', 'natGatewayId'),
  ec2TagsStripped('publicRoutes', 'publicRoutes', 'routeTableId'),
  ec2TagsStripped('privateRoutes', 'privateRoutes.private-2', 'routeTableId'),
  ec2TagsStripped('gatewayEndpoint', 'gatewayEndpoint', 'vpcEndpointId'),
  ec2TagsStripped('securityGroups', 'securityGroups.balancer', 'groupId'),
  ec2TagRemoved('subnets', 'subnets.public-1', 'subnetId', 'slipway:key'),
  ec2TagRemoved('securityGroups', 'securityGroups.balancer', 'groupId', 'slipway:key'),
  ec2TagRemoved('privateRoutes', 'privateRoutes.private-1', 'routeTableId', 'slipway:step'),
  {
    noun: 'subnets',
    what: 'it was changed to assign public addresses',
    drift: ['update subnets.private-1'],
    apply: (aws, id) =>
      aws.ec2.send(
        new ec2.ModifySubnetAttributeCommand({
          SubnetId: id('subnets.private-1', 'subnetId'),
          MapPublicIpOnLaunch: { Value: true },
        }),
      ),
  },
  {
    noun: 'publicRoutes',
    what: 'the default route was deleted',
    drift: ['update publicRoutes'],
    apply: (aws, id) =>
      aws.ec2.send(
        new ec2.DeleteRouteCommand({
          RouteTableId: id('publicRoutes', 'routeTableId'),
          DestinationCidrBlock: '0.0.0.0/0',
        }),
      ),
  },
  {
    noun: 'privateRoutes',
    what: 'the default route was pointed at the internet gateway',
    drift: ['update privateRoutes.private-1'],
    apply: (aws, id) =>
      aws.ec2.send(
        new ec2.ReplaceRouteCommand({
          RouteTableId: id('privateRoutes.private-1', 'routeTableId'),
          DestinationCidrBlock: '0.0.0.0/0',
          GatewayId: id('internetGateway', 'internetGatewayId'),
        }),
      ),
  },
  {
    noun: 'natGateway',
    what: 'it was deleted',
    drift: ['create natGateway', 'update privateRoutes.private-1', 'update privateRoutes.private-2'],
    apply: (aws, id) =>
      aws.ec2.send(new ec2.DeleteNatGatewayCommand({ NatGatewayId: id('natGateway', 'natGatewayId') })),
  },
  {
    noun: 'gatewayEndpoint',
    what: 'a private route table was removed from it',
    drift: ['update gatewayEndpoint'],
    apply: (aws, id) =>
      aws.ec2.send(
        new ec2.ModifyVpcEndpointCommand({
          VpcEndpointId: id('gatewayEndpoint', 'vpcEndpointId'),
          RemoveRouteTableIds: [id('privateRoutes.private-1', 'routeTableId')],
        }),
      ),
  },
  {
    noun: 'gatewayEndpoint',
    what: 'the public route table was added to it',
    drift: ['update gatewayEndpoint'],
    apply: (aws, id) =>
      aws.ec2.send(
        new ec2.ModifyVpcEndpointCommand({
          VpcEndpointId: id('gatewayEndpoint', 'vpcEndpointId'),
          AddRouteTableIds: [id('publicRoutes', 'routeTableId')],
        }),
      ),
  },
  {
    noun: 'gatewayEndpoint',
    what: 'it was deleted',
    drift: ['create gatewayEndpoint'],
    apply: (aws, id) =>
      aws.ec2.send(
        new ec2.DeleteVpcEndpointsCommand({ VpcEndpointIds: [id('gatewayEndpoint', 'vpcEndpointId')] }),
      ),
  },
  {
    noun: 'securityGroups',
    what: 'the tasks were opened to the internet',
    drift: ['update securityGroups.web'],
    apply: (aws, id) =>
      aws.ec2.send(
        new ec2.AuthorizeSecurityGroupIngressCommand({
          GroupId: id('securityGroups.web', 'groupId'),
          IpPermissions: [
            { IpProtocol: 'tcp', FromPort: 5000, ToPort: 5000, IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
          ],
        }),
      ),
  },
];

const loadBalancing: readonly ManualChange[] = [
  {
    noun: 'loadBalancer',
    what: 'the idle timeout was changed',
    drift: ['update loadBalancer'],
    apply: (aws, id) =>
      aws.elb.send(
        new elb.ModifyLoadBalancerAttributesCommand({
          LoadBalancerArn: id('loadBalancer', 'loadBalancerArn'),
          Attributes: [{ Key: 'idle_timeout.timeout_seconds', Value: '300' }],
        }),
      ),
  },
  {
    noun: 'loadBalancer',
    what: 'it was deleted',
    drift: [
      'create loadBalancer',
      'create listener',
      'create rules.web-api1',
      'create rules.web-api2',
      'update record',
    ],
    apply: (aws, id) =>
      aws.elb.send(
        new elb.DeleteLoadBalancerCommand({ LoadBalancerArn: id('loadBalancer', 'loadBalancerArn') }),
      ),
  },
  {
    noun: 'listener',
    what: 'its default action was pointed at a target group',
    drift: ['update listener'],
    apply: (aws, id) =>
      aws.elb.send(
        new elb.ModifyListenerCommand({
          ListenerArn: id('listener', 'listenerArn'),
          DefaultActions: [
            { Type: 'forward', TargetGroupArn: id('targetGroups.web-api1', 'targetGroupArn') },
          ],
        }),
      ),
  },
  elbTagsStripped('loadBalancer', 'loadBalancer', 'loadBalancerArn'),
  elbTagsStripped('listener', 'listener', 'listenerArn'),
  elbTagsStripped('rules', 'rules.web-api1', 'ruleArn'),
  {
    noun: 'rules',
    what: 'it was edited',
    drift: ['update rules.web-api1'],
    apply: (aws, id) =>
      aws.elb.send(
        new elb.ModifyRuleCommand({
          RuleArn: id('rules.web-api1', 'ruleArn'),
          Conditions: [{ Field: 'path-pattern', Values: ['/other'] }],
          Actions: [{ Type: 'forward', TargetGroupArn: id('targetGroups.web-api2', 'targetGroupArn') }],
        }),
      ),
  },
  {
    noun: 'rules',
    what: 'it was deleted',
    drift: ['create rules.web-api2'],
    apply: (aws, id) => aws.elb.send(new elb.DeleteRuleCommand({ RuleArn: id('rules.web-api2', 'ruleArn') })),
  },
  {
    noun: 'targetGroups',
    what: 'its health check was changed',
    drift: ['update targetGroups.web-api1'],
    apply: (aws, id) =>
      aws.elb.send(
        new elb.ModifyTargetGroupCommand({
          TargetGroupArn: id('targetGroups.web-api1', 'targetGroupArn'),
          HealthCheckPath: '/other',
        }),
      ),
  },
  {
    noun: 'targetGroups',
    what: 'its targets were made sticky',
    drift: ['update targetGroups.web-api1'],
    apply: (aws, id) =>
      aws.elb.send(
        new elb.ModifyTargetGroupAttributesCommand({
          TargetGroupArn: id('targetGroups.web-api1', 'targetGroupArn'),
          Attributes: [
            { Key: 'stickiness.enabled', Value: 'true' },
            { Key: 'load_balancing.algorithm.type', Value: 'weighted_random' },
          ],
        }),
      ),
  },
  {
    noun: 'targetGroups',
    what: 'it was deleted, with its rule',
    drift: ['create targetGroups.web-api1', 'create rules.web-api1', 'update services.web'],
    async apply(aws, id) {
      await aws.elb.send(new elb.DeleteRuleCommand({ RuleArn: id('rules.web-api1', 'ruleArn') }));
      await aws.elb.send(
        new elb.DeleteTargetGroupCommand({ TargetGroupArn: id('targetGroups.web-api1', 'targetGroupArn') }),
      );
    },
  },
  elbTagsStripped('targetGroups', 'targetGroups.web-api2', 'targetGroupArn'),
  {
    noun: 'hostedZone',
    what: 'its tags were removed',
    drift: ['update hostedZone'],
    apply: (aws, id) =>
      aws.route53.send(
        new route53.ChangeTagsForResourceCommand({
          ResourceType: 'hostedzone',
          ResourceId: id('hostedZone', 'hostedZoneId'),
          RemoveTagKeys: TAGS,
        }),
      ),
  },
  {
    noun: 'record',
    what: 'it was pointed elsewhere',
    drift: ['update record'],
    apply: (aws, id) => pointRecordElsewhere(aws, id('hostedZone', 'hostedZoneId')),
  },
];

const pointRecordElsewhere = (aws: Clients, HostedZoneId: string) =>
  aws.route53.send(
    new route53.ChangeResourceRecordSetsCommand({
      HostedZoneId,
      ChangeBatch: {
        Changes: [
          {
            Action: 'UPSERT',
            ResourceRecordSet: {
              Name: DOMAIN,
              Type: 'A',
              TTL: 60,
              ResourceRecords: [{ Value: '192.0.2.1' }],
            },
          },
        ],
      },
    }),
  );

const tasks: readonly ManualChange[] = [
  ...manualRoleChanges,
  {
    noun: 'logGroup',
    what: 'its retention was changed',
    drift: ['update logGroup'],
    apply: (aws, id) =>
      aws.logs.send(
        new logs.PutRetentionPolicyCommand({
          logGroupName: id('logGroup', 'logGroupName'),
          retentionInDays: 1,
        }),
      ),
  },
  {
    noun: 'logGroup',
    what: 'it was deleted',
    drift: ['create logGroup'],
    apply: (aws, id) =>
      aws.logs.send(new logs.DeleteLogGroupCommand({ logGroupName: id('logGroup', 'logGroupName') })),
  },
  {
    noun: 'cluster',
    what: 'its Name tag was removed',
    drift: ['update cluster'],
    apply: (aws, id) =>
      aws.ecs.send(
        new ecs.UntagResourceCommand({ resourceArn: id('cluster', 'clusterArn'), tagKeys: ['Name'] }),
      ),
  },
  {
    noun: 'taskDefinitions',
    what: 'it was deregistered',
    drift: ['update taskDefinitions.web', 'update services.web'],
    apply: (aws, id) =>
      aws.ecs.send(
        new ecs.DeregisterTaskDefinitionCommand({
          taskDefinition: id('taskDefinitions.web', 'taskDefinitionArn'),
        }),
      ),
  },
  {
    noun: 'services',
    what: 'it was scaled to zero',
    drift: ['update services.web'],
    apply: (aws) =>
      aws.ecs.send(new ecs.UpdateServiceCommand({ cluster: CLUSTER, service: 'web', desiredCount: 0 })),
  },
  {
    noun: 'services',
    what: 'it was deleted',
    drift: ['create services.web'],
    apply: (aws) =>
      aws.ecs.send(new ecs.DeleteServiceCommand({ cluster: CLUSTER, service: 'web', force: true })),
  },
];

/** Changes to images and their repositories, for containers with a source. */
export const manualImageChanges: readonly ManualChange[] = [
  {
    noun: 'repositories',
    what: 'its lifecycle policy was deleted',
    drift: ['update repositories.web-app'],
    apply: (aws, id) =>
      aws.ecr.send(
        new ecr.DeleteLifecyclePolicyCommand({
          repositoryName: id('repositories.web-app', 'repositoryName'),
        }),
      ),
  },
  {
    noun: 'images',
    what: 'it was deleted',
    drift: ['create images.web-app', 'update taskDefinitions.web', 'update services.web'],
    apply: (aws, id) =>
      aws.ecr.send(
        new ecr.BatchDeleteImageCommand({
          repositoryName: id('repositories.web-app', 'repositoryName'),
          imageIds: [{ imageDigest: id('images.web-app', 'imageUri').split('@')[1] }],
        }),
      ),
  },
];

export const manualChanges: readonly ManualChange[] = [
  ...network,
  ...loadBalancing,
  ...tasks,
  ...edgeChanges,
];
