// The arithmetic of deployments that shift traffic: their traffic steps, the weights of rules, and the order of the stages.
import { expect, test } from '@jest/globals';
import {
  firstPosition,
  nextPosition,
  shownStage,
  type Position,
} from '../../../../../sandbox/aws/ecs/strategies/stages.ts';
import { trafficSteps, weightsFor } from '../../../../../sandbox/aws/ecs/strategies/traffic-steps.ts';

const percentsOf = (steps: ReturnType<typeof trafficSteps>) => steps.map(({ percent }) => percent);

/** Returns all stages of a deployment, from its first position to CLEAN_UP. */
function lifecycle(stepCount: number): string[] {
  const stages: string[] = [];
  let position: Position = firstPosition(false);
  while (position.stage !== 'CLEAN_UP') {
    stages.push(position.stage);
    position = nextPosition(position, stepCount);
  }
  return stages;
}

test('a blue/green deployment shifts all traffic in one step', () => {
  expect(trafficSteps({ strategy: 'BLUE_GREEN' })).toEqual([{ percent: 100, bakeMinutes: 0 }]);
});

test('a canary deployment shifts the share of the canary, bakes, and shifts the rest', () => {
  expect(
    trafficSteps({
      strategy: 'CANARY',
      canaryConfiguration: { canaryPercent: 0.1, canaryBakeTimeInMinutes: 3 },
    }),
  ).toEqual([
    { percent: 0.1, bakeMinutes: 3 },
    { percent: 100, bakeMinutes: 0 },
  ]);
  expect(trafficSteps({ strategy: 'CANARY' })[0]).toEqual({ percent: 5, bakeMinutes: 10 });
  expect(
    percentsOf(trafficSteps({ strategy: 'CANARY', canaryConfiguration: { canaryPercent: 100 } })),
  ).toEqual([100]);
});

test.each([
  [undefined, [10, 20, 30, 40, 50, 60, 70, 80, 90, 100]],
  [25, [25, 50, 75, 100]],
  [33.3, [33.3, 66.6, 99.9, 100]],
  [11, [11, 22, 33, 44, 55, 66, 77, 88, 99, 100]],
  [100, [100]],
])('a linear deployment in steps of %p shifts to %j', (stepPercent, percents) => {
  const steps = trafficSteps({
    strategy: 'LINEAR',
    linearConfiguration: { stepPercent, stepBakeTimeInMinutes: 2 },
  });
  expect(percentsOf(steps)).toEqual(percents);
  expect(steps.slice(0, -1).every(({ bakeMinutes }) => bakeMinutes === 2)).toBe(true);
  expect(steps.at(-1)?.bakeMinutes).toBe(0);
});

test('every number of tenths gives rising steps, a last step of 100 %, and weights that ELB accepts', () => {
  for (let tenths = 30; tenths <= 1000; tenths += 1) {
    const percents = percentsOf(
      trafficSteps({ strategy: 'LINEAR', linearConfiguration: { stepPercent: tenths / 10 } }),
    );
    expect(percents.at(-1)).toBe(100);
    percents.forEach((percent, index) => {
      if (index > 0) expect(percent).toBeGreaterThan(percents[index - 1] ?? 0);
      const { green, blue } = weightsFor(percent);
      expect(green / (green + blue)).toBeCloseTo(percent / 100, 10);
      expect(Math.max(green, blue)).toBeLessThanOrEqual(999);
    });
  }
});

test('weights are percentages, or thousandths for a fraction of a percent', () => {
  expect(weightsFor(0)).toEqual({ green: 0, blue: 100 });
  expect(weightsFor(25)).toEqual({ green: 25, blue: 75 });
  expect(weightsFor(0.1)).toEqual({ green: 1, blue: 999 });
  expect(weightsFor(100)).toEqual({ green: 100, blue: 0 });
});

test('the stages follow each other, and the production shift is repeated for every step', () => {
  const before = [
    'PRE_SCALE_UP',
    'SCALE_UP',
    'POST_SCALE_UP',
    'TEST_TRAFFIC_SHIFT',
    'POST_TEST_TRAFFIC_SHIFT',
  ];
  const shift = ['PRE_PRODUCTION_TRAFFIC_SHIFT', 'PRODUCTION_TRAFFIC_SHIFT'];
  const after = ['POST_PRODUCTION_TRAFFIC_SHIFT', 'BAKE_TIME'];
  expect(lifecycle(1)).toEqual([...before, ...shift, ...after]);
  expect(lifecycle(3)).toEqual([...before, ...shift, ...shift, ...shift, ...after]);
  expect(nextPosition(firstPosition(true), 1)).toEqual(firstPosition(false));
});

test('the stage before a production shift is shown as the shift', () => {
  expect(shownStage('PRE_PRODUCTION_TRAFFIC_SHIFT')).toBe('PRODUCTION_TRAFFIC_SHIFT');
  expect(shownStage('BAKE_TIME')).toBe('BAKE_TIME');
});
