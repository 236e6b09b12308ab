// The look for our services in our cluster.
import { DescribeServicesCommand, ListServicesCommand, type Service } from '@aws-sdk/client-ecs';
import { describe, expect, test } from '@jest/globals';
import type { RoutedContainer } from '../../../../lib/config/config.ts';
import { namesOf } from '../../../../lib/derive/names.ts';
import { lookServices } from '../../../../lib/look/services.ts';
import { toCamelCaseTags, type Tags } from '../../../../lib/derive/tags.ts';
import { awsError, config, mocks, ourTags, lookContextOf, sentCalls } from '../../step-harness.ts';

const serviceTags = (key: string) => ourTags('services', key);
const service = (serviceName: string, tags: Tags, more: Partial<Service> = {}): Service => ({
  serviceArn: `arn:service/shop-dev/${serviceName}`,
  serviceName,
  status: 'ACTIVE',
  desiredCount: 1,
  tags: toCamelCaseTags(tags),
  ...more,
});

/** Mocks the services of the cluster. Active services are listed, in pages of two. */
function mockServices(...services: Service[]): void {
  const listed = services
    .filter(({ status }) => status === 'ACTIVE')
    .map(({ serviceArn = '' }) => serviceArn);
  mocks.ecs.on(ListServicesCommand).callsFake(({ nextToken }: { nextToken?: string }) => {
    const start = Number(nextToken ?? 0);
    const next = start + 2 < listed.length ? String(start + 2) : undefined;
    return { serviceArns: listed.slice(start, start + 2), nextToken: next };
  });
  mocks.ecs.on(DescribeServicesCommand).callsFake(({ services: asked }: { services: string[] }) => ({
    services: services.filter(({ serviceName = '' }) => asked.includes(serviceName)),
    failures: asked
      .filter((name) => !services.some(({ serviceName }) => serviceName === name))
      .map((arn) => ({ arn, reason: 'MISSING' })),
  }));
}
const keys = async () => [...(await lookServices(lookContextOf())).keys()];

test('the look reads our services', async () => {
  mockServices(
    service('web', serviceTags('web'), {
      taskDefinition: 'arn:definition:1',
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: ['subnet-c', 'subnet-d'],
          securityGroups: ['sg-web'],
          assignPublicIp: 'ENABLED',
        },
      },
      loadBalancers: [
        { containerName: 'b', containerPort: 2, targetGroupArn: 'arn:2' },
        { containerName: 'a', containerPort: 1, targetGroupArn: 'arn:1' },
      ],
      healthCheckGracePeriodSeconds: 60,
      deploymentConfiguration: {
        minimumHealthyPercent: 100,
        maximumPercent: 200,
        deploymentCircuitBreaker: { enable: true, rollback: false },
      },
      deployments: [
        { status: 'ACTIVE', rolloutState: 'COMPLETED' },
        { status: 'PRIMARY', rolloutState: 'IN_PROGRESS' },
      ],
    }),
  );
  expect(Object.fromEntries(await lookServices(lookContextOf()))).toEqual({
    web: {
      serviceArn: 'arn:service/shop-dev/web',
      serviceName: 'web',
      status: 'ACTIVE',
      taskDefinitionArn: 'arn:definition:1',
      desiredCount: 1,
      scaling: undefined,
      subnetIds: ['subnet-c', 'subnet-d'],
      securityGroupIds: ['sg-web'],
      assignPublicIp: true,
      loadBalancers: ['a:1 → arn:1', 'b:2 → arn:2'],
      graceSeconds: 60,
      deployment: {
        minimumHealthyPercent: 100,
        maximumPercent: 200,
        deploymentCircuitBreaker: { enable: true, rollback: false },
      },
      targetGroupArns: ['arn:2', 'arn:1'],
      runningCount: 0,
      rollout: 'IN_PROGRESS',
      tags: serviceTags('web'),
    },
  });
  expect(sentCalls()).toEqual([
    {
      command: 'DescribeServices',
      input: { cluster: 'shop-dev', services: ['web'], include: ['TAGS'] },
    },
    { command: 'ListServices', input: { cluster: 'shop-dev', maxResults: 100 } },
  ]);
});

test('the look leaves a field undefined if the endpoint does not report it', async () => {
  mockServices(service('web', serviceTags('web')));
  expect((await lookServices(lookContextOf())).get('web')).toMatchObject({
    graceSeconds: undefined,
    deployment: undefined,
    rollout: '',
  });
});

test('the look returns a draining service, although the list call omits it', async () => {
  mockServices(service('web', serviceTags('web'), { status: 'DRAINING' }));
  expect((await lookServices(lookContextOf())).get('web')?.status).toBe('DRAINING');
});

test('the look counts an inactive service as absent', async () => {
  mockServices(service('web', serviceTags('web'), { status: 'INACTIVE' }));
  expect(await keys()).toEqual([]);
});

test('the look finds our services that are no longer desired on all pages, and describes ten services per call', async () => {
  const others = Array.from({ length: 12 }, (_, index) =>
    service(`old-${index}`, serviceTags(`old-${index}`)),
  );
  mockServices(...others);
  expect(await keys()).toHaveLength(12);
  expect(
    sentCalls()
      .filter(({ command }) => command === 'DescribeServices')
      .map(({ input }) => (input as { services: string[] }).services.length),
  ).toEqual([1, 10, 2]);
});

test('the look returns a foreign service only if it has one of our names', async () => {
  mockServices(service('web', { owner: 'bob' }), service('theirs', {}));
  const found = await lookServices(lookContextOf());
  expect([...found.keys()]).toEqual(['web']);
  expect(found.get('web')?.tags).toEqual({ owner: 'bob' });
});

describe('several ECS services of one configured service', () => {
  const [web] = config().services;
  const groupsOf = (...ports: number[]) =>
    (web?.containers ?? []).map((container, index) => {
      const name = namesOf(config()).targetGroup({ ...container, port: ports[index] } as RoutedContainer);
      const targetGroupArn = `arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/${name}/1`;
      return { containerName: container.name, containerPort: 1, targetGroupArn };
    });
  const desired = groupsOf(5000, 6000);
  const other = groupsOf(5001, 6000);
  const keysOf = async () =>
    [...(await lookServices(lookContextOf()))].map(([key, { serviceName }]) => [key, serviceName]);
  const webService = (name: string, loadBalancers: Service['loadBalancers'], more: Partial<Service> = {}) =>
    service(name, serviceTags('web'), { loadBalancers, ...more });

  test('the only one has the key, even if it has other target groups', async () => {
    mockServices(webService('web', other));
    expect(await keysOf()).toEqual([['web', 'web']]);
  });

  test('the one with the desired target groups has the key, and the others are former services', async () => {
    mockServices(
      webService('web', other),
      webService('web_1', desired),
      webService('web_2', [...desired, ...other]),
      service('jobs_1234', serviceTags('jobs')),
    );
    expect(await keysOf()).toEqual([
      ['web', 'web_1'],
      ['jobs', 'jobs_1234'],
      ['web~former', 'web_2'],
      ['web~former~2', 'web'],
    ]);
  });

  test('an active one comes before a draining one', async () => {
    mockServices(webService('web', desired, { status: 'DRAINING' }), webService('web_1', other));
    expect(await keysOf()).toEqual([
      ['web', 'web_1'],
      ['web~former', 'web'],
    ]);
  });
});

test('the look finds nothing without a cluster', async () => {
  mocks.ecs.on(ListServicesCommand).rejects(awsError('ClusterNotFoundException'));
  mocks.ecs.on(DescribeServicesCommand).rejects(awsError('ClusterNotFoundException'));
  expect(await keys()).toEqual([]);
});

test('the look makes no describe call when no services are configured or listed', async () => {
  mockServices();
  expect((await lookServices(lookContextOf(config({ services: [] })))).size).toBe(0);
  expect(sentCalls().map(({ command }) => command)).toEqual(['ListServices']);
});

test('the look fails with any other error', async () => {
  mocks.ecs.on(DescribeServicesCommand).resolves({});
  mocks.ecs.on(ListServicesCommand).rejects(awsError('AccessDeniedException', 'not allowed'));
  await expect(keys()).rejects.toMatchObject({ message: 'not allowed' });
});
