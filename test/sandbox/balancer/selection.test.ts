// The selection of a target: by turns, by shares during slow start, by open requests, or at random.
import { expect, test } from '@jest/globals';
import { startSelection } from '../../../sandbox/balancer/selection.ts';
import type { TargetView } from '../../../sandbox/balancer/view.ts';
import { ask, echo, FakeWorld, gate, GROUP, open, startTarget, type Echo } from './targets.ts';

const target = (id: string, share?: number): TargetView => ({
  id,
  port: 5000,
  state: 'healthy',
  ...(share !== undefined && { share }),
});
const view = (algorithm = 'round_robin', open: Record<string, number> = {}) => ({
  groupAttribute: (_: string, key: string) =>
    key === 'load_balancing.algorithm.type' ? algorithm : undefined,
  openRequestsAt: (_: string, { id }: TargetView) => open[id] ?? 0,
});

/** Selects targets for a number of requests, and counts how often each is selected. */
function counts(select: ReturnType<typeof startSelection>, targets: TargetView[], requests: number) {
  const selected: Record<string, number> = {};
  for (let index = 0; index < requests; index += 1) {
    const { id } = select(GROUP, targets) ?? { id: 'none' };
    selected[id] = (selected[id] ?? 0) + 1;
  }
  return selected;
}

test('round robin gives every target the same number of requests', () => {
  const select = startSelection(view(), Math.random);
  expect(counts(select, [target('a'), target('b'), target('c')], 30)).toEqual({ a: 10, b: 10, c: 10 });
});

test('a target in slow start gets its share', () => {
  const select = startSelection(view(), Math.random);
  expect(counts(select, [target('a'), target('b', 0.25)], 50)).toEqual({ a: 40, b: 10 });
  expect(counts(select, [target('a'), target('b', 0)], 10)).toEqual({ a: 10 });
});

test('the requests to a target in slow start are spread evenly', () => {
  const select = startSelection(view(), Math.random);
  const order = Array.from({ length: 6 }, () => select(GROUP, [target('a'), target('b', 0.5)])?.id).join('');
  expect(order).toMatch(/^(aab|aba|baa){2}$/);
});

test('the only target gets every request, however small its share is', () => {
  const select = startSelection(view(), Math.random);
  expect(counts(select, [target('a', 0)], 5)).toEqual({ a: 5 });
});

test('least outstanding requests selects an idle target, and takes turns between equally busy ones', () => {
  const open = { a: 3, b: 1, c: 1 };
  const select = startSelection(view('least_outstanding_requests', open), Math.random);
  expect(counts(select, [target('a'), target('b'), target('c')], 10)).toEqual({ b: 5, c: 5 });
});

test('weighted random draws a target', () => {
  const draws = [0, 0.49, 0.5, 0.99];
  const select = startSelection(view('weighted_random'), () => draws.shift() ?? 0);
  expect(counts(select, [target('a'), target('b')], 4)).toEqual({ a: 2, b: 2 });
});

test('a group without targets has none to select', () => {
  for (const algorithm of ['round_robin', 'least_outstanding_requests', 'weighted_random'])
    expect(startSelection(view(algorithm), Math.random)(GROUP, [])).toBeUndefined();
});

test('a target with a slow request gets no other one while least outstanding requests are counted', async () => {
  const world = new FakeWorld();
  world.groupAttributes = { 'load_balancing.algorithm.type': 'least_outstanding_requests' };
  const { opened: finish, open: release } = gate();
  const handler =
    (name: string): Parameters<typeof startTarget>[0] =>
    (request, response) => {
      if (request.url === '/slow') void finish.then(() => echo(name)(request, response));
      else echo(name)(request, response);
    };
  world.register('10.0.0.1', (await startTarget(handler('one'))).port);
  world.register('10.0.0.2', (await startTarget(handler('two'))).port);
  const { port } = await open(world);
  const nameOf = async (path: string) => (JSON.parse((await ask(port, path)).body) as Echo).name;
  const slow = nameOf('/slow');
  while (Object.values(world.openRequests).every((count) => count === 0))
    await new Promise((resolve) => setImmediate(resolve));
  const others = [await nameOf('/'), await nameOf('/'), await nameOf('/')];
  release();
  const slowName = await slow;
  expect(others).toEqual(Array(3).fill(slowName === 'one' ? 'two' : 'one'));
});
