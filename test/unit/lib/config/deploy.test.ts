// The field `deploy` of a service: its forms, its defaults, and every mistake in it.
import { inspect } from 'node:util';
import { expect, test } from '@jest/globals';
import { mistakesOf, read, startingWith, testRefusals, validStackWith, WITHOUT_BALANCER } from './support.ts';

const PLACE = 'services.shop.deploy';
const container = (more: object = {}) => ({ image: 'nginx', ...more });
const routed = (count: number) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `c${index}`,
      container({ port: 5000 + index, path: `/c${index}` }),
    ]),
  );
const deployOf = (deploy: unknown) => read(validStackWith({ [PLACE]: deploy })).services[0]?.deploy;
const common = {
  alarms: [],
  circuitBreaker: { thresholdType: 'boundedPercent', threshold: 50, resetOnHealthyTask: true },
};

test.each([
  ['nothing', undefined, { strategy: 'rolling', bakeMinutes: undefined, ...common }],
  ["'rolling'", 'rolling', { strategy: 'rolling', bakeMinutes: undefined, ...common }],
  ["'blueGreen'", 'blueGreen', { strategy: 'blueGreen', bakeMinutes: 5, ...common }],
  ["'canary'", 'canary', { strategy: 'canary', percent: 5, stepMinutes: 10, bakeMinutes: 5, ...common }],
  ["'linear'", 'linear', { strategy: 'linear', percent: 10, stepMinutes: 6, bakeMinutes: 5, ...common }],
  ['an empty object', {}, { strategy: 'rolling', bakeMinutes: undefined, ...common }],
  [
    'settings of a strategy',
    { linear: { percent: 33.3, bakeMinutes: 0 } },
    { strategy: 'linear', percent: 33.3, stepMinutes: 6, bakeMinutes: 0, ...common },
  ],
  [
    'alarms and a threshold alone',
    { alarms: ['shop-5xx'], circuitBreaker: { threshold: 2, thresholdType: 'count' } },
    {
      strategy: 'rolling',
      bakeMinutes: undefined,
      alarms: ['shop-5xx'],
      circuitBreaker: { thresholdType: 'count', threshold: 2, resetOnHealthyTask: true },
    },
  ],
])('%s is completed with the defaults', (_what, deploy, expected) => {
  expect(deployOf(deploy)).toEqual(expected);
});

const STRATEGY = startingWith(
  "Use one of 'rolling', 'blueGreen', 'canary', 'linear', or an object: how a new",
);
testRefusals(PLACE, STRATEGY, { 'a number': 5, null: null });
testRefusals(PLACE, STRATEGY, { "another tool's word": 'BLUE_GREEN' });
test.each([
  ['canary', 'percent', 'Use a number from 0.1 to 100, with at most one decimal:', [0, 100.1, 12.34, '10']],
  ['linear', 'percent', 'Use a number from 3 to 100, with at most one decimal:', [2.9, 50.05]],
  ['blueGreen', 'bakeMinutes', 'Use a whole number from 0 to 1440:', [1441, 0.5]],
  ['rolling', 'bakeMinutes', 'Use a whole number from 0 to 1440:', [-1]],
  ['linear', 'stepMinutes', 'Use a whole number from 0 to 1440:', [-1, '6']],
])('%s.%s out of range is refused, with a fix', (strategy, field, fix, values) => {
  for (const value of values)
    expect(mistakesOf(validStackWith({ [PLACE]: { [strategy]: { [field]: value } } }))).toEqual([
      { path: `${PLACE}.${strategy}.${field}`, value: inspect(value), fix: startingWith(fix) },
    ]);
});
testRefusals(`${PLACE}.circuitBreaker.threshold`, startingWith('Use a whole number from 1 to'), { zero: 0 });
testRefusals(
  `${PLACE}.circuitBreaker.thresholdType`,
  startingWith("Use one of 'boundedPercent', 'unboundedPercent', 'count':"),
  { 'the word of ECS': 'COUNT' },
);
testRefusals(`${PLACE}.alarms`, startingWith('Use a list of strings:'), { 'a string': 'shop-5xx' });
testRefusals(`${PLACE}.alarms`, 'Name every alarm once.', { 'the same twice': ['a', 'b', 'a'] }, "'a' twice");

test.each([
  [{ canary: { percentage: 5 } }, 'canary.percentage', 'Did you mean percent?'],
  [{ bluegreen: {} }, 'bluegreen', 'Did you mean blueGreen?'],
  [{ strategy: 'CANARY' }, 'strategy', 'Use services.shop.deploy: how a new version'],
  [{ blueGreen: { bakeTimeInMinutes: 5 } }, 'blueGreen.bakeTimeInMinutes', 'Use bakeMinutes: minutes that'],
  [{ canary: { canaryPercent: 5 } }, 'canary.canaryPercent', 'Use percent: the percentage'],
  [{ linear: { stepBakeTime: 5 } }, 'linear.stepBakeTime', 'Use stepMinutes: minutes between'],
  [
    { circuitBreaker: { enable: true } },
    'circuitBreaker.enable',
    'Remove it. The known keys are: thresholdType, threshold, resetOnHealthyTask.',
  ],
])('%j has an unknown key, and the fix is a suggestion', (deploy, key, fix) => {
  expect(mistakesOf(validStackWith({ [PLACE]: deploy }))).toEqual([
    { path: `${PLACE}.${key}`, value: 'unknown key', fix: startingWith(fix) },
  ]);
});

test('all mistakes in it are reported at once, together with those of other fields', () => {
  const deploy = {
    canary: { percent: 0, stepMinutes: -1 },
    linear: { percent: 200 },
    alarms: [''],
    circuitBreaker: { thresholds: 1 },
  };
  expect(
    mistakesOf(validStackWith({ [PLACE]: deploy, name: 7 }))
      .map(({ path }) => path)
      .sort(),
  ).toEqual([
    'name',
    `${PLACE}.alarms[0]`,
    `${PLACE}.canary.percent`,
    `${PLACE}.canary.stepMinutes`,
    `${PLACE}.circuitBreaker.thresholds`,
    `${PLACE}.linear`,
    `${PLACE}.linear.percent`,
  ]);
});

test('a deployment has one strategy', () => {
  expect(mistakesOf(validStackWith({ [PLACE]: { blueGreen: {}, linear: {} } }))).toEqual([
    {
      path: `${PLACE}.linear`,
      value: 'an object',
      fix: 'Remove it or blueGreen: a deployment has one strategy.',
    },
  ]);
});

test('a canary of one task is refused; of none, or of two, it is not', () => {
  const mistakes = (count: number) =>
    mistakesOf(validStackWith({ [PLACE]: 'canary', 'services.shop.count': count }));
  expect(mistakes(1)).toEqual([
    { path: 'services.shop.count', value: '1', fix: startingWith("Use at least 2, or deploy: 'blueGreen':") },
  ]);
  expect([...mistakes(0), ...mistakes(2)]).toEqual([]);
});

test.each([
  ['canary', true],
  ['linear', true],
  ['blueGreen', false],
  ['rolling', false],
])('without a path, %s is refused: %s', (strategy, isRefused) => {
  const stack = validStackWith({
    ...WITHOUT_BALANCER,
    [PLACE]: strategy,
    'services.shop.graceSeconds': undefined,
    'services.shop.containers': { job: container() },
  });
  expect(mistakesOf(stack)).toEqual(
    isRefused
      ? [
          {
            path: PLACE,
            value: `'${strategy}' without a path`,
            fix: startingWith("Use 'rolling' or 'blueGreen', or add the path of a container:"),
          },
        ]
      : [],
  );
});

test.each([
  ['rolling', 5, undefined],
  ['rolling', 6, 'Move some to another service: ECS puts at most 5 containers'],
  ['blueGreen', 2, undefined],
  [
    'blueGreen',
    3,
    "Move some to another service, or use deploy: 'rolling': 'blueGreen' needs two target groups",
  ],
  ['linear', 5, "Move some to another service, or use deploy: 'rolling': 'linear' needs two target groups"],
  ['linear', 6, 'Move some to another service: ECS puts at most 5 containers'],
])('%s with %i paths: the alternate target groups count', (strategy, count, fix) => {
  const stack = validStackWith({ [PLACE]: strategy, 'services.shop.containers': routed(count) });
  expect(mistakesOf(stack)).toEqual(
    fix === undefined
      ? []
      : [
          {
            path: 'services.shop.containers',
            value: `${count} containers with a path`,
            fix: startingWith(fix),
          },
        ],
  );
});
