// Task counts that differ from the configuration: they are drift unless Application Auto Scaling manages them.
import {
  DescribeScalableTargetsCommand,
  type DescribeScalableTargetsCommandInput,
  type ScalableTarget,
} from '@aws-sdk/client-application-auto-scaling';
import { DescribeServicesCommand, ListServicesCommand } from '@aws-sdk/client-ecs';
import { describe, expect, test } from '@jest/globals';
import { isAutoScaled, lookServices } from '../../../../lib/look/services.ts';
import { toCamelCaseTags } from '../../../../lib/derive/tags.ts';
import { awsError, config, mocks, ourTags, lookContextOf, sentCalls } from '../../step-harness.ts';

interface ExistingService {
  readonly count: number;
  readonly status?: string;
}

/** Mocks our services in AWS, and looks them up. The configuration has one task for each service in `configured`. */
async function look(
  existing: Record<string, ExistingService>,
  configured: readonly string[] = Object.keys(existing),
) {
  const services = Object.entries(existing).map(([serviceName, { count, status = 'ACTIVE' }]) => ({
    serviceArn: `arn:service/shop-dev/${serviceName}`,
    serviceName,
    status,
    desiredCount: count,
    tags: toCamelCaseTags(ourTags('services', serviceName)),
  }));
  mocks.ecs.on(ListServicesCommand).resolves({ serviceArns: services.map(({ serviceArn }) => serviceArn) });
  mocks.ecs.on(DescribeServicesCommand).resolves({ services });
  const [web] = config().services;
  if (!web) throw new Error('no service');
  return lookServices(lookContextOf(config({ services: configured.map((name) => ({ ...web, name })) })));
}
const scalings = async (...args: Parameters<typeof look>) =>
  Object.fromEntries([...(await look(...args))].map(([name, { scaling }]) => [name, scaling]));

const target = (service: string, MinCapacity: number, MaxCapacity: number): ScalableTarget =>
  ({
    ResourceId: `service/shop-dev/${service}`,
    ScalableDimension: 'ecs:service:DesiredCount',
    MinCapacity,
    MaxCapacity,
  }) as ScalableTarget;
const mockTargets = (...ScalableTargets: ScalableTarget[]) =>
  mocks.autoscaling.on(DescribeScalableTargetsCommand).resolves({ ScalableTargets });
const targetCalls = () => sentCalls().filter(({ command }) => command === 'DescribeScalableTargets');

describe('Application Auto Scaling is not asked', () => {
  test('about a count that equals the configured count', async () => {
    expect(await scalings({ web: { count: 1 } })).toEqual({ web: undefined });
    expect(targetCalls()).toEqual([]);
  });

  test('about a service that is being removed or is not configured', async () => {
    await look({ web: { count: 0, status: 'DRAINING' }, old: { count: 3 } }, ['web']);
    expect(targetCalls()).toEqual([]);
  });
});

test('Application Auto Scaling is asked once about all other counts', async () => {
  mockTargets(target('web', 2, 8), target('jobs', 0, 4));
  const existing = { web: { count: 4 }, jobs: { count: 0 }, same: { count: 1 } };
  expect(await scalings(existing)).toEqual({
    web: { min: 2, max: 8 },
    jobs: { min: 0, max: 4 },
    same: undefined,
  });
  expect(targetCalls().map(({ input }) => input)).toEqual([
    {
      ServiceNamespace: 'ecs',
      ResourceIds: ['service/shop-dev/web', 'service/shop-dev/jobs'],
      ScalableDimension: 'ecs:service:DesiredCount',
    },
  ]);
});

test('a response from Application Auto Scaling may have several pages', async () => {
  mocks.autoscaling
    .on(DescribeScalableTargetsCommand)
    .callsFake(({ NextToken }: DescribeScalableTargetsCommandInput) =>
      NextToken ? { ScalableTargets: [target('web', 1, 8)] } : { ScalableTargets: [], NextToken: 'more' },
    );
  expect(await scalings({ web: { count: 4 } })).toEqual({ web: { min: 1, max: 8 } });
});

test.each([
  ['the service has no target', []],
  ['it is below the range of the target', [target('web', 5, 8)]],
  ['it is above the range of the target', [target('web', 1, 3)]],
  ['only another service has a target', [target('web-2', 1, 8)]],
  [
    'the target is for a dimension other than the count',
    [{ ...target('web', 1, 8), ScalableDimension: 'ecs:service:Other' } as unknown as ScalableTarget],
  ],
])('a count that differs from the configuration is drift if %s', async (_what, targets) => {
  mockTargets(...targets);
  expect(await scalings({ web: { count: 4 } })).toEqual({ web: undefined });
});

test.each([
  ['the range of its target', 2, 4],
  ['a range of a single value', 4, 4],
])('a different count at the upper bound of %s is not drift', async (_what, min, max) => {
  mockTargets(target('web', min, max));
  const found = await look({ web: { count: 4 } });
  expect([...found.values()].map(isAutoScaled)).toEqual([true]);
});

describe('without a usable response from Application Auto Scaling', () => {
  const mockFailure = (error: Error) => mocks.autoscaling.on(DescribeScalableTargetsCommand).rejects(error);

  test.each([
    ['access is denied', awsError('AccessDeniedException', 'not allowed')],
    ['the endpoint does not know the service', awsError('MissingAuthenticationToken', 'what?', 403)],
    ['the endpoint does not know the operation', awsError('InternalFailure', 'not yet', 501)],
    ['the endpoint responds with a web page', awsError('SyntaxError', 'Unexpected token <\nin JSON', 404)],
  ])('the survey continues, and reports the reason: %s', async (_when, error) => {
    mockFailure(error);
    const found = await look({ web: { count: 4 } });
    expect([...found.values()].map(({ scaling }) => scaling)).toEqual([
      { unknown: error.message.split('\n')[0] },
    ]);
    expect([...found.values()].map(isAutoScaled)).toEqual([false]);
  });

  test.each([
    ['AWS failed', awsError('InternalServiceException', 'failed', 500)],
    ['AWS is busy', awsError('ThrottlingException', 'Rate exceeded')],
    ['no response arrived', Object.assign(new Error('gone'), { name: 'TimeoutError', code: 'ECONNRESET' })],
  ])(
    'the survey fails if the cause may be transient, so that no scaled count is undone: %s',
    async (_when, error) => {
      mockFailure(error);
      await expect(look({ web: { count: 4 } })).rejects.toMatchObject({ message: error.message });
    },
  );
});
