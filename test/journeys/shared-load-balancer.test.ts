// Several services behind one load balancer: the longest matching path wins, and a task's containers share localhost.
import { expect, test } from '@jest/globals';
import { httpRequest, machine } from './harness.ts';
import { echo, tinyStack, type Echo } from './tiny-stack.ts';

test('requests go to the service with the longest matching path, and containers reach only their own task over localhost', async () => {
  const user = await machine();
  const flags = tinyStack(user, {
    shop: {
      count: 2,
      containers: {
        front: echo('front', 8000, '/shop'),
        back: echo('back', 9000, '/shop/stock'),
        // This container has no path, so only the other containers of its task can reach it.
        prices: echo('prices', 9100),
      },
    },
    // This service can use a port that the other service uses, since every task has its own address.
    site: { containers: { pages: echo('pages', 8000, '/') } },
  });
  const up = await user.run('provision', ...flags);
  expect(up).toMatchObject({ code: 0, problem: undefined });
  const get = async (path: string) => JSON.parse((await httpRequest(up.lastLine + path)).body) as Echo;

  expect(await get('/shop')).toMatchObject({ name: 'front', path: '/shop' });
  expect(await get('/shop/basket?id=1')).toMatchObject({ name: 'front', path: '/shop/basket?id=1' });
  expect(await get('/shop/stock')).toMatchObject({ name: 'back' });
  expect(await get('/shop/stock/7')).toMatchObject({ name: 'back', path: '/shop/stock/7' });
  // This path is not below /shop, since paths match whole segments.
  expect(await get('/shopping')).toMatchObject({ name: 'pages' });
  expect(await get('/')).toMatchObject({ name: 'pages' });

  // Both tasks answer, although they listen on the same ports.
  const fronts: Echo[] = [];
  for (let count = 0; count < 4; count += 1) fronts.push(await get('/shop'));
  const tasks = fronts.map(({ task }) => task);
  expect(new Set(tasks).size).toBe(2);
  expect([tasks[2], tasks[3]]).toEqual([tasks[0], tasks[1]]);

  // Over localhost, each front container reaches the back container of its own task only.
  const backsByFront = new Map<string, Set<string>>();
  for (let count = 0; count < 8; count += 1) {
    const { task, relayed } = await get(`/shop?ask=${encodeURIComponent('http://localhost:9000/')}`);
    expect(relayed).toMatchObject({ name: 'back' });
    backsByFront.set(task, (backsByFront.get(task) ?? new Set()).add(relayed?.task ?? ''));
  }
  const backs = [...backsByFront.values()].map((tasksOfBack) => [...tasksOfBack]);
  expect(backs.map(({ length }) => length)).toEqual([1, 1]);
  expect(new Set(backs.flat()).size).toBe(2);
  expect(await get(`/shop?ask=${encodeURIComponent('http://localhost:9100/')}`)).toMatchObject({
    relayed: { name: 'prices' },
  });
  // A connection to a port is refused if no container of the task listens on it, even if another task does.
  expect(await get(`/?ask=${encodeURIComponent('http://localhost:9000/')}`)).toMatchObject({
    error: expect.stringContaining('ECONNREFUSED'),
  });
}, 90_000);
