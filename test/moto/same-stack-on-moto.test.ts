// Provisions the example stack on moto, an independent imitation of AWS, and reads the stack back with separate clients.
import { DescribeServicesCommand, DescribeTaskDefinitionCommand, ECSClient } from '@aws-sdk/client-ecs';
import {
  DescribeAddressesCommand,
  DescribeNatGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { DescribeImagesCommand, DescribeRepositoriesCommand, ECRClient } from '@aws-sdk/client-ecr';
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { IAMClient, ListRolesCommand } from '@aws-sdk/client-iam';
import {
  ListHostedZonesCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
} from '@aws-sdk/client-route-53';
import { DescribeLogGroupsCommand, CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { expect, test } from '@jest/globals';
import { machine, type Outcome } from '../journeys/harness.ts';
import { startMoto } from '../../bench/moto.ts';
import { startLatencyProxy } from '../../bench/latency-proxy.ts';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
const STACK_FILTER = [{ Name: 'tag:slipway:stack', Values: ['slipway-dev'] }];

test('the example stack is provisioned, read back, provisioned again and torn down without leftovers', async () => {
  const moto = await startMoto();
  const recorder = await startLatencyProxy(moto.url, 0);
  try {
    const { env, run } = await machine();
    Object.assign(env, {
      AWS_ENDPOINT_URL: recorder.url,
      AWS_ACCESS_KEY_ID: 'testing',
      AWS_SECRET_ACCESS_KEY: 'testing',
    });
    const flags = ['--target', 'aws', '--yes'];
    // A container engine of this machine could not pull the base image: tests are offline.
    const provision = (...more: string[]) =>
      run('provision', ...flags, '--no-wait', '--builder', 'bundle', ...more);
    expect(await provision()).toMatchObject({ code: 0 });
    expect(await readBack(moto.url)).toMatchSnapshot();

    const firstRunCallCount = recorder.calls.length;
    expect(await provision()).toMatchObject({ code: 0 } satisfies Partial<Outcome>);
    expect(recorder.calls.slice(firstRunCallCount).filter(({ mutating }) => mutating)).toEqual([]);
    expect(await provision('--plan')).toMatchObject({ code: 0 });

    expect(await run('teardown', ...flags)).toMatchObject({ code: 0 });
    expect(await readBack(moto.url)).toMatchSnapshot();
    expect(await run('teardown', ...flags)).toMatchObject({
      code: 0,
      lastLine: 'slipway-dev: there is nothing to do',
    });
  } finally {
    await recorder.close();
    await moto.stop();
  }
}, 180_000);

/** Reads the stack back from moto, in a form that is the same in every run. */
async function readBack(endpoint: string) {
  const settings = {
    endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' },
  };
  const ec2 = new EC2Client(settings);
  const elb = new ElasticLoadBalancingV2Client(settings);
  const ecs = new ECSClient(settings);
  const route53 = new Route53Client(settings);
  const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({ Filters: STACK_FILTER }));
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ Filters: STACK_FILTER }));
  const { RouteTables = [] } = await ec2.send(new DescribeRouteTablesCommand({ Filters: STACK_FILTER }));
  const { NatGateways = [] } = await ec2.send(new DescribeNatGatewaysCommand({ Filter: STACK_FILTER }));
  const { Addresses = [] } = await ec2.send(new DescribeAddressesCommand({ Filters: STACK_FILTER }));
  const { SecurityGroups = [] } = await ec2.send(
    new DescribeSecurityGroupsCommand({ Filters: STACK_FILTER }),
  );
  const { LoadBalancers = [] } = await elb.send(new DescribeLoadBalancersCommand({}));
  const { TargetGroups = [] } = await elb.send(new DescribeTargetGroupsCommand({}));
  const rules = await Promise.all(
    LoadBalancers.map(async ({ LoadBalancerArn }) => {
      const { Listeners = [] } = await elb.send(new DescribeListenersCommand({ LoadBalancerArn }));
      const [listener] = Listeners;
      const { Rules = [] } = await elb.send(new DescribeRulesCommand({ ListenerArn: listener?.ListenerArn }));
      // moto returns rules in the order of creation, and that order varies.
      return Rules.map(({ Priority = '', Conditions, Actions }) => ({
        priority: Priority,
        paths: Conditions?.flatMap(({ PathPatternConfig }) => PathPatternConfig?.Values ?? []),
        action: Actions?.[0]?.Type,
      })).sort((a, b) => a.priority.localeCompare(b.priority));
    }),
  );
  const { zones, records } = await readDns(route53);
  const { repositories = [] } = await new ECRClient(settings).send(new DescribeRepositoriesCommand({}));
  const images = await Promise.all(
    repositories.map(async ({ repositoryName }) => {
      const { imageDetails = [] } = await new ECRClient(settings).send(
        new DescribeImagesCommand({ repositoryName }),
      );
      return imageDetails.length;
    }),
  );
  const { Roles = [] } = await new IAMClient(settings).send(
    new ListRolesCommand({ PathPrefix: '/slipway/' }),
  );
  const { logGroups = [] } = await new CloudWatchLogsClient(settings).send(new DescribeLogGroupsCommand({}));
  return {
    vpcs: Vpcs.map(({ CidrBlock }) => CidrBlock),
    subnets: Subnets.map(({ CidrBlock, AvailabilityZone }) => `${AvailabilityZone} ${CidrBlock}`).sort(),
    defaultRoutes: RouteTables.map(({ Routes = [] }) =>
      Routes.flatMap(({ DestinationCidrBlock, GatewayId, NatGatewayId }) =>
        DestinationCidrBlock === '0.0.0.0/0' ? [(NatGatewayId ?? GatewayId ?? '').split('-')[0]] : [],
      ).join(),
    ).sort(),
    natGateways: NatGateways.filter(({ State }) => State !== 'deleted').length,
    addresses: Addresses.length,
    ingress: SecurityGroups.map(({ GroupName, IpPermissions = [] }) => ({
      group: GroupName,
      ports: IpPermissions.map(({ FromPort }) => FromPort).sort(),
      fromGroups: IpPermissions.flatMap(({ UserIdGroupPairs = [] }) => UserIdGroupPairs).length,
      fromBlocks: IpPermissions.flatMap(({ IpRanges = [] }) => IpRanges.map(({ CidrIp }) => CidrIp)),
    })).sort((a, b) => String(a.group).localeCompare(String(b.group))),
    loadBalancers: LoadBalancers.map(({ LoadBalancerName, Scheme }) => `${LoadBalancerName} ${Scheme}`),
    targetGroups: TargetGroups.map(({ TargetGroupName, Port, TargetType, HealthCheckPath }) =>
      [TargetGroupName, Port, TargetType, HealthCheckPath].join(' '),
    ).sort(),
    rules,
    services: await readServices(ecs, LoadBalancers.length > 0),
    zones,
    records,
    repositories: repositories.map(({ repositoryName }) => repositoryName).sort(),
    images,
    roles: Roles.map(({ RoleName }) => RoleName).sort(),
    logGroups: logGroups.map(({ logGroupName, retentionInDays }) => `${logGroupName} ${retentionInDays}`),
  };
}

async function readDns(route53: Route53Client) {
  const { HostedZones = [] } = await route53.send(new ListHostedZonesCommand({}));
  const sets = await Promise.all(
    HostedZones.map(({ Id }) => route53.send(new ListResourceRecordSetsCommand({ HostedZoneId: Id }))),
  );
  const records = sets.flatMap(({ ResourceRecordSets = [] }) => ResourceRecordSets);
  return {
    zones: HostedZones.map(({ Name }) => Name),
    records: records
      .map(({ Name, Type, AliasTarget }) => `${Name} ${Type}${AliasTarget ? ' alias' : ''}`)
      .sort(),
  };
}

async function readServices(ecs: ECSClient, stackExists: boolean) {
  if (!stackExists) return [];
  const { services: found = [] } = await ecs.send(
    new DescribeServicesCommand({ cluster: 'slipway-dev', services: ['shop'] }),
  );
  return Promise.all(
    found.map(async ({ serviceName, desiredCount, launchType, loadBalancers, taskDefinition }) => {
      const described = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }));
      const { cpu, memory, networkMode, containerDefinitions = [] } = described.taskDefinition ?? {};
      return {
        serviceName,
        desiredCount,
        launchType,
        loadBalancers: loadBalancers?.map(
          ({ containerName, containerPort }) => `${containerName}:${containerPort}`,
        ),
        size: `${cpu}/${memory} ${networkMode}`,
        containers: containerDefinitions.map(
          ({ name, image }) => `${name} ${image?.replace(/sha256:.*/, 'sha256:…')}`,
        ),
      };
    }),
  );
}
