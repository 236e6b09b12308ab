// The whole life of the example stack: a provision, requests, a second provision, and two teardowns.
import { expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { httpRequest, machine } from './harness.ts';

const mutations = (journal: readonly { mutating: boolean }[]) => journal.filter(({ mutating }) => mutating);

test('the example stack can be provisioned, used, provisioned again, and torn down twice', async () => {
  const { run, census, journal, state, folder } = await machine({ SLIPWAY_SANDBOX_PACE: 'brisk' });

  const first = await run('provision');
  expect(first).toMatchObject({
    code: 0,
    problem: undefined,
    lastLine: expect.stringMatching(/^http:\/\/api\.slipway\.localhost:\d+$/),
  });
  const url = first.lastLine;

  // The requests pass through DNS, the load balancer, a rule and the task, where one container calls the other over localhost.
  expect(await httpRequest(`${url}/api1`)).toMatchObject({ status: 200 });
  expect(await httpRequest(`${url}/api2`)).toMatchObject({ status: 200 });
  expect(await httpRequest(`${url}/nowhere`)).toMatchObject({
    status: 404,
    body: 'There is no service at this path.',
  });
  const { items } = JSON.parse((await httpRequest(`${url}/api2/products?inStock=true`)).body) as {
    items: { id: string }[];
  };
  const order = await httpRequest(`${url}/api1/orders`, {
    method: 'POST',
    body: { items: [{ productId: items[0]?.id, quantity: 1 }] },
  });
  expect(order.status).toBe(201);

  const { resources } = state();
  expect(Object.keys(resources)).toEqual(
    expect.arrayContaining([
      'vpc',
      'subnets.public-1',
      'natGateway',
      'loadBalancer',
      'rules.shop-api1',
      'services.shop',
    ]),
  );

  // The journal shows that a second run changes nothing.
  const callsBefore = (await journal()).length;
  const second = await run('provision');
  expect(second).toMatchObject({ code: 0, problem: undefined, lastLine: url });
  expect(mutations((await journal()).slice(callsBefore))).toEqual([]);
  expect(await run('provision', '--plan')).toMatchObject({
    code: 0,
    problem: undefined,
    lastLine: expect.stringMatching(/^No changes: \d+ exist\.$/),
  });

  const firstTeardown = await run('teardown');
  expect(firstTeardown).toMatchObject({
    code: 0,
    problem: undefined,
    lastLine: expect.stringMatching(/^slipway-dev is gone, 0 left/),
  });
  // The empty sandbox has stopped, and so have all task processes.
  await expect(census()).rejects.toThrow();
  expect(processesIn(folder)).toEqual([]);

  expect(await run('teardown')).toMatchObject({
    code: 0,
    problem: undefined,
    lastLine: 'slipway-dev: there is nothing to do',
  });
}, 120_000);

/** Returns the environments and command lines of all processes that mention a folder. Works only on Linux. */
function processesIn(folder: string): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/environ`, 'utf8') + readFileSync(`/proc/${pid}/cmdline`, 'utf8')];
      } catch {
        return [];
      }
    })
    .filter((text) => text.includes(folder));
}
