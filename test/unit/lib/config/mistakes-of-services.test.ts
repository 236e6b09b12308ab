// Every kind of mistake in the services of a stack.
import { inspect } from 'node:util';
import { expect, test } from '@jest/globals';
import { startingWith, mistakesOf, testRefusals, validStackWith, WITHOUT_BALANCER } from './support.ts';

const NAME_FIX = startingWith('Use lower-case letters, digits and single hyphens');
const makeContainer = (more: object = {}) => ({ image: 'nginx', ...more });
const makeContainers = (count: number, more: (index: number) => object = () => ({})) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`c${index}`, makeContainer(more(index))]));
const service = { containers: { api: makeContainer() } };

testRefusals('services', 'Use an object: services by name; each runs its containers together, as one task.', {
  'no services': undefined,
});
testRefusals('services', startingWith('Use an object'), { 'a list': [] }, 'a list');
testRefusals('services', 'Add a service.', { 'an empty object': {} }, 'no service');
testRefusals('services.shop', 'Use an object: one service.', { null: null });
testRefusals('services.My_Shop', NAME_FIX, { 'a bad name': service }, "'My_Shop'");
testRefusals(
  'services.balancer',
  "Use another name: the load balancer's security group is called balancer.",
  { 'a name that is taken': service },
  "'balancer'",
);

test.each([
  [
    246,
    'Shorten the name of the stack, the stage or the service by 1 character: this value names a security group in AWS, and such names have at most 255 characters.',
  ],
  [245, undefined],
])(
  'a service name of %i characters must be shortened only if AWS would refuse the names derived from it',
  (length, fix) => {
    const [mistake] = mistakesOf(
      validStackWith({ ...WITHOUT_BALANCER, services: { ['s'.repeat(length)]: service } }),
    );
    expect(mistake?.fix).toBe(fix);
  },
);

testRefusals(
  'services.shop.cpu',
  startingWith('Use one of 256, 512, 1024, 2048, 4096, 8192, 16384, 32768: CPU units'),
  {
    'a size that Fargate does not offer': 300,
    'a string': '512',
  },
);
testRefusals(
  'services.shop.memory',
  'Use 1024 to 4096 in steps of 1024: Fargate offers these with cpu 512.',
  {
    'a size for a different cpu': 512,
    'a size between two steps': 1500,
  },
);
testRefusals(
  'services.shop.count',
  'Use a whole number from 0 to 5000: how many tasks run; 0 pauses the service.',
  {
    'a negative number': -1,
    'half a task': 1.5,
    'not a number': NaN,
    infinity: Infinity,
  },
);
testRefusals('services.shop.graceSeconds', startingWith('Use a whole number from 0 to 2147483647'), {
  'a string': '60',
});

/** A stack with a domain needs a route. */
const firstIsRouted = (index: number) => (index === 0 ? { port: 5000, path: '/' } : {});

testRefusals('services.shop.containers', startingWith('Use an object: containers by name'), {
  'no containers': undefined,
});
testRefusals('services.shop.containers', 'Add a container.', { 'an empty object': {} }, 'no container');
testRefusals(
  'services.shop.containers',
  'Move some to another service: a task can have at most 10 containers.',
  { 'too many': makeContainers(11, firstIsRouted) },
  '11 containers',
);
testRefusals(
  'services.shop.containers',
  'Move some to another service: ECS puts at most 5 containers of one service behind a load balancer.',
  { 'too many with a path': makeContainers(6, (index) => ({ port: 5000 + index, path: `/${index}` })) },
  '6 containers with a path',
);
testRefusals(
  'services.shop.containers',
  'Remove essential: false from one of them: a task needs an essential container.',
  { 'no essential container': makeContainers(2, (index) => ({ ...firstIsRouted(index), essential: false })) },
  'no essential container',
);

test.each([
  [256, 512],
  [256, 2048],
  [512, 4096],
  [1024, 8192],
  [4096, 30_720],
  [8192, 20_480],
  [16_384, 122_880],
])('Fargate offers %i CPU units with %i MiB', (cpu, memory) => {
  expect(mistakesOf(validStackWith({ 'services.shop.cpu': cpu, 'services.shop.memory': memory }))).toEqual(
    [],
  );
});

test('a missing memory is reported with its default', () => {
  const stack = validStackWith({ 'services.shop.cpu': 1024, 'services.shop.memory': undefined });
  expect(mistakesOf(stack)).toEqual([
    {
      path: 'services.shop.memory',
      value: 'missing, so 512',
      fix: 'Use 2048 to 8192 in steps of 1024: Fargate offers these with cpu 1024.',
    },
  ]);
});

test('when two containers get the same key, the second one is reported', () => {
  const stack = validStackWith({
    ...WITHOUT_BALANCER,
    services: {
      'a-b': { containers: { c: makeContainer() } },
      a: { containers: { 'b-c': makeContainer() } },
    },
  });
  expect(mistakesOf(stack)).toEqual([
    {
      path: 'services.a.containers.b-c',
      value: inspect('a-b-c'),
      fix: 'Use another name: c in a-b has the same key, which joins the names of service and container.',
    },
  ]);
});
