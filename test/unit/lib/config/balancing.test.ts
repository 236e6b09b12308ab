// Stickiness, slow start and the algorithm of a container: how they are completed, and their mistakes.
import { describe, expect, test } from '@jest/globals';
import { mistakesOf, read, testRefusals, validStackWith } from './support.ts';

const api = 'services.shop.containers.api';

const forms: [what: string, value: unknown, completed: object | undefined][] = [
  ['true', true, { seconds: 86_400 }],
  ['false', false, undefined],
  ['a number of seconds', 600, { seconds: 600 }],
  ['an object', { seconds: 60 }, { seconds: 60 }],
  ['a cookie', { cookie: 'session' }, { seconds: 86_400, cookie: 'session' }],
];
test.each(forms)('stickiness may be %s', (_what, value, completed) => {
  const stack = {
    ...(validStackWith({ [`${api}.stickiness`]: value, 'services.shop.deploy': 'rolling' }) as object),
  };
  const container = read(stack).services[0]?.containers.find(({ name }) => name === 'api');
  expect(container?.stickiness).toEqual(completed);
});

describe('values out of AWS’s ranges', () => {
  testRefusals(
    `${api}.slowStartSeconds`,
    'Use 0, or a whole number from 30 to 900: seconds in which a new task gets more and more requests; 0 gives it its full share at once.',
    { 'too short': 29, 'too long': 901 },
  );
});

const mistakes: [what: string, values: Record<string, unknown>, expected: Record<string, string>][] = [
  ['no stickiness at all', { stickiness: 0 }, { stickiness: 'from 1 to 604800' }],
  ['more than a week', { stickiness: 604_801 }, { stickiness: 'from 1 to 604800' }],
  ['more than a week in an object', { stickiness: { seconds: 604_801 } }, { 'stickiness.seconds': '604800' }],
  ['a reserved cookie', { stickiness: { cookie: 'AWSALBX' } }, { 'stickiness.cookie': 'AWS reserves' }],
  [
    'a cookie with a space',
    { stickiness: { cookie: 'a b' } },
    { 'stickiness.cookie': 'Use the name of a cookie' },
  ],
  ['an unknown algorithm', { balancing: 'random' }, { balancing: "'weighted-random'" }],
  [
    'slow start with another algorithm',
    { slowStartSeconds: 30, balancing: 'least-outstanding-requests' },
    { slowStartSeconds: "AWS has no slow start with 'least-outstanding-requests'" },
  ],
  [
    'slow start with a random algorithm',
    { slowStartSeconds: 30, balancing: 'weighted-random' },
    { slowStartSeconds: "AWS has no slow start with 'weighted-random'" },
  ],
];
test.each(mistakes)('a mistake: %s', (_what, values, expected) => {
  const stack = validStackWith({
    'services.shop.deploy': 'rolling',
    ...Object.fromEntries(Object.entries(values).map(([field, value]) => [`${api}.${field}`, value])),
  });
  const found = mistakesOf(stack);
  expect(found.map(({ path }) => path)).toEqual(Object.keys(expected).map((field) => `${api}.${field}`));
  for (const { path, fix } of found) expect(fix).toContain(expected[path.slice(api.length + 1)]);
});

test('slow start of 0 seconds goes with every algorithm', () => {
  const values = { [`${api}.slowStartSeconds`]: 0, [`${api}.balancing`]: 'weighted-random' };
  expect(mistakesOf(validStackWith(values))).toEqual([]);
});

test.each(['blueGreen', 'canary', 'linear'])('stickiness is a mistake with deploy: %s', (deploy) => {
  const values = { 'services.shop.deploy': deploy, 'services.shop.count': 2, [`${api}.stickiness`]: true };
  expect(mistakesOf(validStackWith(values))).toMatchObject([
    { path: `${api}.stickiness`, fix: expect.stringContaining(`with '${deploy}', ECS shifts requests`) },
  ]);
});

test.each(['stickiness', 'slowStartSeconds', 'balancing'])('%s without a path is a mistake', (field) => {
  const value = { stickiness: true, slowStartSeconds: 30, balancing: 'weighted-random' }[field];
  const worker = { image: 'nginx', [field]: value };
  expect(mistakesOf(validStackWith({ 'services.shop.containers.worker': worker }))).toMatchObject([
    {
      path: `services.shop.containers.worker.${field}`,
      fix: expect.stringContaining('Add a path and a port'),
    },
  ]);
});

test('all settings of the load balancer are reported for a container without a path', () => {
  const worker = {
    ...{ source: 'api', port: 1, stickiness: true, slowStartSeconds: 30, balancing: 'round-robin' },
    health: { healthyThreshold: 2 },
  };
  expect(mistakesOf(validStackWith({ 'services.shop.containers.worker': worker }))).toMatchObject(
    ['stickiness', 'slowStartSeconds', 'balancing', 'health.healthyThreshold'].map((field) => ({
      path: `services.shop.containers.worker.${field}`,
    })),
  );
});

test('a grace period is a mistake for a service without a path, if it is written', () => {
  const jobs = { containers: { job: { source: 'api' } } };
  expect(mistakesOf(validStackWith({ 'services.jobs': jobs }))).toEqual([]);
  expect(mistakesOf(validStackWith({ 'services.jobs': { ...jobs, graceSeconds: 60 } }))).toEqual([
    {
      path: 'services.jobs.graceSeconds',
      value: '60',
      fix: 'Remove it, or add the path of a container: it delays the checks by the load balancer. For checks inside a container, use health.startSeconds.',
    },
  ]);
});
