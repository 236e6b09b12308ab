// The AWS CLI reads back what Slipway created: each kind of resource with a separate call.
import { expect, test } from '@jest/globals';
import { machine } from '../journeys/harness.ts';
import { echo, tinyStack } from '../journeys/tiny-stack.ts';
import { makeAws, REGION } from './aws.ts';

const STACK_FILTER = 'Name=tag:slipway:stack,Values=tiny-dev';
/** The flags that select the stack's resources. Only `describe-nat-gateways` calls its flag `--filter`. */
const FILTER_FLAGS = ['--filters', STACK_FILTER];

test('the AWS CLI reads back every kind of resource', async () => {
  const user = await machine();
  const flags = tinyStack(
    user,
    { web: { containers: { app: echo('app', 8000, '/app') } } },
    { domain: { name: 'api.tiny.localhost', zone: 'tiny.localhost', createZone: true } },
  );
  expect(await user.run('provision', ...flags)).toMatchObject({ code: 0, problem: undefined });
  const { resources } = user.state();
  const id = (address: string, field: string) => resources[address]?.[field] ?? '';
  const vpc = id('vpc', 'vpcId');
  const balancer = id('loadBalancer', 'loadBalancerArn');
  const targetGroup = id('targetGroups.web-app', 'targetGroupArn');
  const zone = id('hostedZone', 'hostedZoneId');

  const aws = makeAws(user.endpoint);
  const group = (name: string) => id(`securityGroups.${name}`, 'groupId');

  const calls: readonly (readonly [args: string[], expected: object])[] = [
    [
      ['ec2', 'describe-vpcs', ...FILTER_FLAGS],
      { Vpcs: [{ VpcId: vpc, CidrBlock: '10.0.0.0/16', State: 'available' }] },
    ],
    [
      ['ec2', 'describe-subnets', ...FILTER_FLAGS, '--query', 'sort(Subnets[].AvailabilityZone)'],
      ['a', 'a', 'b', 'b'].map((letter) => `${REGION}${letter}`),
    ],
    [
      ['ec2', 'describe-internet-gateways', ...FILTER_FLAGS],
      { InternetGateways: [{ Attachments: [{ VpcId: vpc, State: 'available' }] }] },
    ],
    [
      ['ec2', 'describe-nat-gateways', '--filter', STACK_FILTER],
      {
        NatGateways: [
          {
            State: 'available',
            SubnetId: id('subnets.public-1', 'subnetId'),
            NatGatewayAddresses: [{ AllocationId: id('elasticIp', 'allocationId') }],
          },
        ],
      },
    ],
    [
      ['ec2', 'describe-addresses', ...FILTER_FLAGS],
      { Addresses: [{ AllocationId: id('elasticIp', 'allocationId') }] },
    ],
    [
      [
        'ec2',
        'describe-route-tables',
        ...FILTER_FLAGS,
        '--query',
        "sort(RouteTables[].Routes[?DestinationCidrBlock=='0.0.0.0/0'][].[GatewayId || NatGatewayId][])",
      ],
      [
        id('internetGateway', 'internetGatewayId'),
        id('natGateway', 'natGatewayId'),
        id('natGateway', 'natGatewayId'),
      ],
    ],
    [
      ['ec2', 'describe-security-groups', '--group-ids', group('balancer'), group('web')],
      {
        SecurityGroups: expect.arrayContaining([
          expect.objectContaining({
            GroupId: group('balancer'),
            IpPermissions: [
              expect.objectContaining({
                FromPort: 80,
                IpRanges: [expect.objectContaining({ CidrIp: '0.0.0.0/0' })],
              }),
            ],
          }),
          expect.objectContaining({
            GroupId: group('web'),
            IpPermissions: [
              expect.objectContaining({
                FromPort: 8000,
                IpRanges: [],
                UserIdGroupPairs: [expect.objectContaining({ GroupId: group('balancer') })],
              }),
            ],
          }),
        ]),
      },
    ],
    [
      ['elbv2', 'describe-load-balancers', '--names', 'tiny-dev'],
      {
        LoadBalancers: [
          { LoadBalancerArn: balancer, State: { Code: 'active' }, Scheme: 'internet-facing', VpcId: vpc },
        ],
      },
    ],
    [
      ['elbv2', 'describe-listeners', '--load-balancer-arn', balancer],
      {
        Listeners: [
          { Port: 80, Protocol: 'HTTP', DefaultActions: [{ FixedResponseConfig: { StatusCode: '404' } }] },
        ],
      },
    ],
    [
      ['elbv2', 'describe-rules', '--listener-arn', id('listener', 'listenerArn')],
      {
        Rules: [
          {
            Conditions: [{ PathPatternConfig: { Values: ['/app', '/app/*'] } }],
            Actions: [{ Type: 'forward', TargetGroupArn: targetGroup }],
          },
          { IsDefault: true },
        ],
      },
    ],
    [
      ['elbv2', 'describe-target-groups', '--target-group-arns', targetGroup],
      {
        TargetGroups: [
          { TargetType: 'ip', Port: 8000, LoadBalancerArns: [balancer], HealthCheckIntervalSeconds: 5 },
        ],
      },
    ],
    [
      ['elbv2', 'describe-target-health', '--target-group-arn', targetGroup],
      { TargetHealthDescriptions: [{ Target: { Port: 8000 }, TargetHealth: { State: 'healthy' } }] },
    ],
    [
      ['ecs', 'describe-clusters', '--clusters', 'tiny-dev'],
      { clusters: [{ status: 'ACTIVE', runningTasksCount: 1, activeServicesCount: 1 }], failures: [] },
    ],
    [
      ['ecs', 'describe-services', '--cluster', 'tiny-dev', '--services', 'web'],
      { services: [{ desiredCount: 1, runningCount: 1, deployments: [{ rolloutState: 'COMPLETED' }] }] },
    ],
    [
      ['ecs', 'describe-task-definition', '--task-definition', 'tiny-dev-web'],
      {
        taskDefinition: {
          networkMode: 'awsvpc',
          containerDefinitions: [{ name: 'app', portMappings: [{ containerPort: 8000 }] }],
        },
      },
    ],
    [
      ['ecs', 'list-tasks', '--cluster', 'tiny-dev', '--service-name', 'web'],
      { taskArns: [expect.stringContaining(':task/tiny-dev/')] },
    ],
    [
      ['ecr', 'describe-repositories', '--repository-names', 'tiny-dev/web-app'],
      { repositories: [{ imageTagMutability: 'IMMUTABLE' }] },
    ],
    [
      ['ecr', 'describe-images', '--repository-name', 'tiny-dev/web-app'],
      { imageDetails: [{ imageDigest: expect.stringMatching(/^sha256:/) }] },
    ],
    [
      ['iam', 'list-roles', '--path-prefix', '/slipway/tiny-dev/', '--query', 'sort(Roles[].RoleName)'],
      ['tiny-dev-execution', 'tiny-dev-task'],
    ],
    [
      [
        'iam',
        'simulate-principal-policy',
        '--policy-source-arn',
        id('roles.task', 'roleArn'),
        '--action-names',
        'ec2:CreateVpc',
      ],
      { EvaluationResults: [{ EvalActionName: 'ec2:CreateVpc', EvalDecision: 'implicitDeny' }] },
    ],
    [
      ['service-quotas', 'get-service-quota', '--service-code', 'vpc', '--quota-code', 'L-F678F1CE'],
      { Quota: { QuotaName: 'VPCs per Region', Value: 5 } },
    ],
    [
      ['logs', 'describe-log-groups', '--log-group-name-prefix', '/slipway/tiny-dev'],
      { logGroups: [{ logGroupName: '/slipway/tiny-dev', retentionInDays: 14 }] },
    ],
    [
      ['route53', 'list-resource-record-sets', '--hosted-zone-id', zone],
      {
        ResourceRecordSets: expect.arrayContaining([
          expect.objectContaining({
            Name: 'api.tiny.localhost.',
            Type: 'A',
            AliasTarget: expect.objectContaining({ DNSName: expect.stringContaining('tiny-dev-') }),
          }),
        ]),
      },
    ],
  ];
  // The calls run in sequence, because twenty concurrent clients would keep the containers from answering their health checks.
  for (const [args, expected] of calls) {
    const actual = await aws(...args);
    if (Array.isArray(expected)) expect(actual).toEqual(expected);
    else expect(actual).toMatchObject(expected);
  }
});
