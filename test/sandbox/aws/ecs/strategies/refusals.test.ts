// ECS's immediate refusals of deployment strategies, hooks and advanced configurations of load balancers.
import type {
  CreateServiceCommandInput,
  DeploymentConfiguration,
  DeploymentLifecycleHook,
} from '@aws-sdk/client-ecs';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { expect, test } from '@jest/globals';
import { manualClock } from '../../../../../sandbox/world/clock.ts';
import { refusalOf } from '../../../harness.ts';
import { calls } from '../scene.ts';
import { shiftingAccount, trustFor } from './scene.ts';

type Account = Awaited<ReturnType<typeof shiftingAccount>>;

const ADVANCED_REQUIRED =
  'advancedConfiguration field is required for all loadBalancers when using a non-ROLLING deployment strategy';
const BLUE_GREEN: DeploymentConfiguration = { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0 };

const balancerCases: [
  string,
  (scene: Account) => CreateServiceCommandInput['loadBalancers'],
  RegExp | string,
][] = [
  ['no advanced configuration', (scene) => scene.serviceInput().loadBalancers, ADVANCED_REQUIRED],
  [
    'an advanced configuration for only one of two',
    (scene) => [...scene.balancers(), ...(scene.serviceInput().loadBalancers ?? []).slice(1)],
    'Either all or none of the provided loadBalancers must have advancedConfiguration defined',
  ],
  [
    'an advanced configuration with a Classic load balancer',
    (scene) =>
      scene.balancers().map(({ targetGroupArn: _, ...rest }) => ({ ...rest, loadBalancerName: 'old' })),
    'advancedConfiguration field is not allowed with ELBv1 loadBalancers',
  ],
  [
    'both kinds of load balancers',
    (scene) => [
      ...scene.balancers(),
      { loadBalancerName: 'old', containerName: 'api2', containerPort: 6000 },
    ],
    'All loadBalancers must be strictly either ELBv1 (defining loadBalancerName) or ELBv2 (defining targetGroupArn)',
  ],
  [
    'a listener as the production rule',
    (scene) => scene.balancers({ productionListenerRule: scene.ListenerArn }),
    /^productionListenerRule has an invalid ARN format. Must be RuleArn for ALB or ListenerArn for NLB. Got: arn:.*:listener\/app\/web/,
  ],
  [
    'text as the test rule',
    (scene) => scene.balancers({ testListenerRule: 'rule' }),
    'testListenerRule has an invalid ARN format. Must be RuleArn for ALB or ListenerArn for NLB. Got: rule',
  ],
  [
    'the same production and test rule',
    (scene) => scene.balancers({ testListenerRule: scene.productionRule }),
    /^The following rules cannot be used as both production and test listener rules: arn:.*listener-rule/,
  ],
  [
    'the same target group twice',
    (scene) => scene.balancers({ alternateTargetGroupArn: scene.blue }),
    /^Duplicate targetGroupArn found: arn:.*targetgroup\/api1\//,
  ],
  [
    'no test rule, and a production rule with only one group',
    (scene) => scene.balancers({ testListenerRule: undefined }),
    'For Application LoadBalancer, testListenerRule is required when productionListenerRule is not associated with both targetGroup and alternateTargetGroup',
  ],
  [
    'no infrastructure role',
    (scene) => scene.balancers({ roleArn: undefined }),
    'advancedConfiguration.roleArn must not be empty.',
  ],
  [
    'an alternate group that does not exist',
    (scene) => scene.balancers({ alternateTargetGroupArn: scene.green.replace('green', 'gone') }),
    /^Unable to assume role and validate the specified targetGroupArn/,
  ],
];

test.each(balancerCases)('CreateService refuses %s', async (_what, loadBalancers, message) => {
  const scene = await shiftingAccount();
  const input = scene.shiftingInput(BLUE_GREEN, { loadBalancers: loadBalancers(scene) });
  const refusal = await refusalOf(calls(scene.ecs).create(input));
  expect(refusal.code).toBe('InvalidParameterException');
  expect(refusal.message).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
  expect(scene.region.ecs.services.size).toBe(0);
});

test('a role that is too new cannot be passed yet', async () => {
  const clock = manualClock();
  const scene = await shiftingAccount({ pace: 1, clock });
  scene.chaos.adjust({ iamLagMs: 60_000 });
  clock.advance(60_000);
  await scene.iam.send(
    new CreateRoleCommand({ RoleName: 'new', AssumeRolePolicyDocument: trustFor('ecs.amazonaws.com') }),
  );
  const roleArn = scene.infrastructureRole.replace('infrastructure', 'new');
  const loadBalancers = scene.balancers({ roleArn });
  const refusal = await refusalOf(
    calls(scene.ecs).create(scene.shiftingInput(BLUE_GREEN, { loadBalancers })),
  );
  expect(refusal).toEqual({
    code: 'AccessDeniedException',
    message: expect.stringContaining(`is not authorized to perform: iam:PassRole on resource: ${roleArn}`),
  });
});

const PAUSE: DeploymentLifecycleHook = { targetType: 'PAUSE', lifecycleStages: ['POST_SCALE_UP'] };
const LAMBDA = {
  hookTargetArn: 'arn:aws:lambda:eu-west-1:000000000000:function:check',
  roleArn: 'arn:aws:iam::000000000000:role/r',
};

const configurationCases: [string, DeploymentConfiguration, string][] = [
  ['blue/green without a bake time', { strategy: 'BLUE_GREEN' }, 'bakeTimeInMinutes is required'],
  ['a bake time of more than a day', { ...BLUE_GREEN, bakeTimeInMinutes: 1441 }, 'between 0 and 1440'],
  ['a negative bake time', { ...BLUE_GREEN, bakeTimeInMinutes: -1 }, 'between 0 and 1440'],
  [
    'a step of 2.9 %',
    { strategy: 'LINEAR', linearConfiguration: { stepPercent: 2.9 } },
    'between 3.0 and 100.0',
  ],
  [
    'a step of 101 %',
    { strategy: 'LINEAR', linearConfiguration: { stepPercent: 101 } },
    'between 3.0 and 100.0',
  ],
  ['a step of 5.55 %', { strategy: 'LINEAR', linearConfiguration: { stepPercent: 5.55 } }, 'multiple of 0.1'],
  [
    'a step of 1441 min',
    { strategy: 'LINEAR', linearConfiguration: { stepBakeTimeInMinutes: 1441 } },
    'between 0 and 1440',
  ],
  [
    'a canary of 0 %',
    { strategy: 'CANARY', canaryConfiguration: { canaryPercent: 0 } },
    'between 0.1 and 100.0',
  ],
  [
    'a canary of 1441 min',
    { strategy: 'CANARY', canaryConfiguration: { canaryBakeTimeInMinutes: 1441 } },
    'between 0 and 1440',
  ],
  [
    'linear settings of a canary',
    { strategy: 'CANARY', linearConfiguration: { stepPercent: 10 } },
    'only valid when the deployment strategy is LINEAR',
  ],
  [
    'canary settings of blue/green',
    { ...BLUE_GREEN, canaryConfiguration: { canaryPercent: 10 } },
    'only valid when the deployment strategy is CANARY',
  ],
  [
    'hooks of a rolling update',
    { lifecycleHooks: [PAUSE] },
    'not supported with the ROLLING deployment strategy',
  ],
  ['eleven hooks', { ...BLUE_GREEN, lifecycleHooks: Array(11).fill(PAUSE) }, 'at most 10 PAUSE hooks'],
  [
    'a pause during a shift',
    { ...BLUE_GREEN, lifecycleHooks: [{ ...PAUSE, lifecycleStages: ['PRODUCTION_TRAFFIC_SHIFT'] }] },
    'not supported at the lifecycle stage PRODUCTION_TRAFFIC_SHIFT',
  ],
  [
    'a pause with a function',
    { ...BLUE_GREEN, lifecycleHooks: [{ ...PAUSE, ...LAMBDA }] },
    'not allowed for PAUSE',
  ],
  [
    'a pause without a stage',
    { ...BLUE_GREEN, lifecycleHooks: [{ targetType: 'PAUSE' }] },
    'Lifecycle stage cannot be null or empty',
  ],
  [
    'a pause of more than two weeks',
    { ...BLUE_GREEN, lifecycleHooks: [{ ...PAUSE, timeoutConfiguration: { timeoutInMinutes: 20_161 } }] },
    'between 1 and 20160',
  ],
  [
    'a function without a role',
    {
      ...BLUE_GREEN,
      lifecycleHooks: [{ ...LAMBDA, roleArn: undefined, lifecycleStages: ['POST_SCALE_UP'] }],
    },
    'hookTargetArn and roleArn are required',
  ],
];

test.each(configurationCases)('CreateService refuses %s', async (_what, configuration, message) => {
  const scene = await shiftingAccount();
  const refusal = await refusalOf(calls(scene.ecs).create(scene.shiftingInput(configuration)));
  expect(refusal).toEqual({ code: 'InvalidParameterException', message: expect.stringContaining(message) });
});

test('hooks that call a function are not implemented', async () => {
  const scene = await shiftingAccount();
  const lifecycleHooks = [{ ...LAMBDA, lifecycleStages: ['POST_SCALE_UP' as const] }];
  const refusal = await refusalOf(
    calls(scene.ecs).create(scene.shiftingInput({ ...BLUE_GREEN, lifecycleHooks })),
  );
  expect(refusal).toEqual({ code: 'NotImplemented', message: expect.stringContaining('AWS_LAMBDA') });
});

test('an update to blue/green requires an advanced configuration, and leaves the service unchanged', async () => {
  const scene = await shiftingAccount();
  const { create, update, service } = calls(scene.ecs);
  await create(scene.serviceInput());
  const refusal = await refusalOf(update({ deploymentConfiguration: BLUE_GREEN }));
  expect(refusal).toEqual({ code: 'InvalidParameterException', message: ADVANCED_REQUIRED });
  expect((await service()).deploymentConfiguration?.strategy).toBe('ROLLING');
});

test('omitted settings have defaults, and another strategy drops the settings of the previous one', async () => {
  const scene = await shiftingAccount();
  const { create, update, service } = calls(scene.ecs);
  await create(scene.shiftingInput({ strategy: 'CANARY' }));
  const { deploymentConfiguration: first } = await service();
  expect(first).toMatchObject({
    strategy: 'CANARY',
    bakeTimeInMinutes: 0,
    canaryConfiguration: { canaryPercent: 5, canaryBakeTimeInMinutes: 10 },
  });
  await update({ deploymentConfiguration: { strategy: 'LINEAR', lifecycleHooks: [PAUSE] } });
  const { deploymentConfiguration: second } = await service();
  expect(second).toMatchObject({
    linearConfiguration: { stepPercent: 10, stepBakeTimeInMinutes: 6 },
    lifecycleHooks: [PAUSE],
  });
  expect(second).not.toHaveProperty('canaryConfiguration');
  await update({ deploymentConfiguration: { minimumHealthyPercent: 50 } });
  expect((await service()).deploymentConfiguration).toMatchObject({
    strategy: 'LINEAR',
    lifecycleHooks: [PAUSE],
  });
  await update({ deploymentConfiguration: { strategy: 'ROLLING' } });
  const { deploymentConfiguration: third } = await service();
  expect(third).not.toHaveProperty('linearConfiguration');
  expect(third).not.toHaveProperty('lifecycleHooks');
});
