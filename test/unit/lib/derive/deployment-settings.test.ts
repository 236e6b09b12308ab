// Deployment settings: what is sent to ECS, and how settings from ECS are compared with them.
import { expect, test } from '@jest/globals';
import type { DeploymentConfiguration } from '@aws-sdk/client-ecs';
import type { Deploy } from '../../../../lib/config/config.ts';
import { deploymentSettings, deploymentText } from '../../../../lib/derive/deployment-settings.ts';
import { ROLLING } from '../../step-harness.ts';

const { alarms, circuitBreaker } = ROLLING;
const common = { alarms, circuitBreaker };
const BLUE_GREEN: Deploy = { ...common, strategy: 'blueGreen', bakeMinutes: 5 };
const CANARY: Deploy = { ...common, strategy: 'canary', percent: 12.5, stepMinutes: 3, bakeMinutes: 0 };
const LINEAR: Deploy = { ...common, strategy: 'linear', percent: 20, stepMinutes: 1, bakeMinutes: 2 };
const basic = {
  minimumHealthyPercent: 100,
  maximumPercent: 200,
  deploymentCircuitBreaker: { enable: true, rollback: true },
};
/** Settings as ECS returns them, with its defaults filled in. */
const echoed = (settings: DeploymentConfiguration): DeploymentConfiguration => ({
  bakeTimeInMinutes: 0,
  alarms: { alarmNames: [], enable: false, rollback: false },
  ...settings,
  deploymentCircuitBreaker: {
    enable: true,
    rollback: true,
    resetOnHealthyTask: true,
    thresholdConfiguration: { type: 'BOUNDED_PERCENT', value: 50 },
    ...settings.deploymentCircuitBreaker,
  },
});
const textOf = (deploy: Deploy) =>
  deploymentText(deploymentSettings(deploy), deploy.bakeMinutes !== undefined);

test.each<[Deploy, DeploymentConfiguration]>([
  [ROLLING, { ...basic, strategy: 'ROLLING' }],
  [
    { ...common, strategy: 'rolling', bakeMinutes: 7 },
    { ...basic, strategy: 'ROLLING', bakeTimeInMinutes: 7 },
  ],
  [BLUE_GREEN, { ...basic, strategy: 'BLUE_GREEN', bakeTimeInMinutes: 5 }],
  [
    CANARY,
    {
      ...basic,
      strategy: 'CANARY',
      bakeTimeInMinutes: 0,
      canaryConfiguration: { canaryPercent: 12.5, canaryBakeTimeInMinutes: 3 },
    },
  ],
  [
    LINEAR,
    {
      ...basic,
      strategy: 'LINEAR',
      bakeTimeInMinutes: 2,
      linearConfiguration: { stepPercent: 20, stepBakeTimeInMinutes: 1 },
    },
  ],
  [
    {
      ...ROLLING,
      alarms: ['a', 'b'],
      circuitBreaker: { thresholdType: 'count', threshold: 2, resetOnHealthyTask: false },
    },
    {
      ...basic,
      strategy: 'ROLLING',
      deploymentCircuitBreaker: {
        enable: true,
        rollback: true,
        resetOnHealthyTask: false,
        thresholdConfiguration: { type: 'COUNT', value: 2 },
      },
      alarms: { alarmNames: ['a', 'b'], enable: true, rollback: true },
    },
  ],
])('%j is sent in the words of ECS', (deploy, settings) => {
  expect(deploymentSettings(deploy)).toEqual(settings);
});

test.each([ROLLING, BLUE_GREEN, CANARY, LINEAR])('defaults that ECS fills in are no drift: %j', (deploy) => {
  const isBakeCompared = deploy.bakeMinutes !== undefined;
  expect(deploymentText(echoed(deploymentSettings(deploy)), isBakeCompared)).toBe(textOf(deploy));
});

test('every setting that the configuration decides is compared', () => {
  const all: Deploy[] = [
    ROLLING,
    { ...common, strategy: 'rolling', bakeMinutes: 7 },
    { ...ROLLING, alarms: ['a'] },
    { ...ROLLING, alarms: ['b'] },
    { ...ROLLING, circuitBreaker: { ...circuitBreaker, threshold: 10 } },
    { ...ROLLING, circuitBreaker: { ...circuitBreaker, thresholdType: 'count' } },
    { ...ROLLING, circuitBreaker: { ...circuitBreaker, resetOnHealthyTask: false } },
    BLUE_GREEN,
    { ...BLUE_GREEN, bakeMinutes: 6 },
    CANARY,
    { ...CANARY, percent: 12.6 },
    { ...CANARY, stepMinutes: 4 },
    { ...CANARY, bakeMinutes: 1 },
    LINEAR,
    { ...LINEAR, percent: 20.1 },
    { ...LINEAR, stepMinutes: 2 },
  ];
  expect(new Set(all.map(textOf)).size).toBe(all.length);
});

test('the order of alarms makes no difference; alarms without rollback do', () => {
  const settings = deploymentSettings({ ...ROLLING, alarms: ['b', 'a'] });
  expect(
    deploymentText({ ...settings, alarms: { ...settings.alarms!, alarmNames: ['a', 'b'] } }, false),
  ).toBe(deploymentText(settings, false));
  expect(deploymentText({ ...settings, alarms: { ...settings.alarms!, rollback: false } }, false)).not.toBe(
    deploymentText(settings, false),
  );
});

test('the bake time that ECS chooses for a rolling deployment is compared only if it is configured', () => {
  const settings = { ...deploymentSettings(ROLLING), bakeTimeInMinutes: 3 };
  expect(deploymentText(settings, false)).toBe(textOf(ROLLING));
  expect(deploymentText(settings, true)).not.toBe(textOf({ ...common, strategy: 'rolling', bakeMinutes: 4 }));
});

test('members that ECS would keep are sent when the configuration no longer has them', () => {
  const before = deploymentSettings({
    ...BLUE_GREEN,
    alarms: ['a'],
    circuitBreaker: { thresholdType: 'count', threshold: 9, resetOnHealthyTask: true },
  });
  expect(deploymentSettings(ROLLING, before)).toMatchObject({
    strategy: 'ROLLING',
    bakeTimeInMinutes: 0,
    alarms: { alarmNames: [], enable: false, rollback: false },
    deploymentCircuitBreaker: {
      resetOnHealthyTask: true,
      thresholdConfiguration: { type: 'BOUNDED_PERCENT', value: 50 },
    },
  });
  expect(deploymentSettings({ ...ROLLING, alarms: ['a'] }, before)).toMatchObject({ bakeTimeInMinutes: 5 });
});
