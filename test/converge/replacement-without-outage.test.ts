// While provision makes changes that need a replacement, not a single request fails.
import { expect, test } from '@jest/globals';
import type { StackInput } from '../../lib/config/schema.ts';
import { account } from './harness.ts';
import { startLoad } from './load.ts';

/** @param changes the health path that the program answers, and what it does with any other request */
const container = (
  name: string,
  port: number,
  protocol: 'HTTP' | 'HTTPS' = 'HTTP',
  { path, others }: { readonly path?: string; readonly others?: string } = {},
) => ({
  source: 'app',
  port,
  path: '/app',
  protocol,
  health: { intervalSeconds: 5, timeoutSeconds: 2, ...(path === undefined ? {} : { path }) },
  environment: {
    NAME: `${name}:${port}`,
    PORT: String(port),
    PROTOCOL: protocol,
    ...(path === undefined ? {} : { HEALTH: path }),
    ...(others === undefined ? {} : { OTHERS: others }),
  },
});

const stack = (services: StackInput['services']): StackInput => ({
  name: 'shop',
  region: 'eu-west-1',
  // At the pace of these accounts, this is two seconds of real time: enough for the requests in flight.
  deregistrationDelaySeconds: 600,
  services,
});

const web = (app: ReturnType<typeof container>) => stack({ web: { containers: { app } } });
const httpStack = web(container('app', 8000));
/** Returns a stack with two containers. The load requests only the first. */
const stackWithSidecar = (name: string, protocol: 'HTTP' | 'HTTPS') => {
  const side = { ...container('side', 8001, protocol), path: '/side' };
  return stack({ web: { containers: { app: container(name, 8000), side } } });
};
const cases: [what: string, after: StackInput, answers: [string, string], before?: StackInput][] = [
  ['the port of a container', web(container('app', 8001)), ['app:8000', 'app:8001']],
  [
    'the port of a sticky container',
    web(Object.assign(container('app', 8001), { stickiness: true })),
    ['app:8000', 'app:8001'],
    web(Object.assign(container('app', 8000), { stickiness: true })),
  ],
  [
    'the protocol of a container, on another port',
    web(container('tls', 8443, 'HTTPS')),
    ['app:8000', 'tls:8443'],
  ],
  [
    'the protocol of a container, on the same port',
    web(container('tls', 8000, 'HTTPS')),
    ['app:8000', 'tls:8000'],
  ],
  [
    'the protocol of a container, back to HTTP',
    httpStack,
    ['tls:8000', 'app:8000'],
    web(container('tls', 8000, 'HTTPS')),
  ],
  [
    'the protocol of a path and the name of its container',
    stack({ web: { containers: { api: container('api', 8000, 'HTTPS') } } }),
    ['app:8000', 'api:8000'],
  ],
  [
    'the protocol of another container in the same task',
    stackWithSidecar('new', 'HTTPS'),
    ['app:8000', 'new:8000'],
    stackWithSidecar('app', 'HTTP'),
  ],
  [
    'the name of a container',
    stack({ web: { containers: { api: container('api', 8000) } } }),
    ['app:8000', 'api:8000'],
  ],
  [
    'the name of a service',
    stack({ shop: { containers: { app: container('new', 8000) } } }),
    ['app:8000', 'new:8000'],
  ],
  [
    'the port and the health check of a container',
    web(container('app', 8001, 'HTTP', { path: '/h2' })),
    ['app:8000', 'app:8001'],
    web(container('app', 8000, 'HTTP', { path: '/h1' })),
  ],
  [
    'the health check of a program that fails on the old health path',
    web(container('new', 8000, 'HTTP', { path: '/h2', others: '500' })),
    ['app:8000', 'new:8000'],
    web(container('app', 8000, 'HTTP', { path: '/h1', others: '500' })),
  ],
  [
    'the port, the health check and the name of a container that never answers on the old health path',
    web(container('api', 8001, 'HTTP', { path: '/h2', others: 'hang' })),
    ['app:8000', 'api:8001'],
    web(container('app', 8000, 'HTTP', { path: '/h1', others: 'hang' })),
  ],
];

const interruptedCases = ['the name of a service', 'the protocol of a container, on the same port'];

const refusal = (operation: string, nth: number) =>
  ({ kind: 'refused', operation, nth, code: 'AccessDenied', message: 'by the test', status: 403 }) as const;

/** All cases if SWEEP is set, otherwise a few. */
const selectedCases = process.env['SWEEP']
  ? cases
  : cases.filter(([what]) =>
      [
        'the port of a container',
        'the port and the health check of a container',
        ...interruptedCases,
      ].includes(what),
    );

test.concurrent.each(selectedCases)(
  'no request fails while provision changes %s',
  async (_what, after, answers, before = httpStack) => {
    const user = await account({ realTasks: true, lifetime: 'file' });
    await user.provision(before, { wait: true });
    const stopLoad = await startLoad(user, ['/app']);
    // The load stops even if the provision fails. The second call of `stopLoad` returns the counts.
    const counts = await user.provision(after, { wait: true }).finally(stopLoad).then(stopLoad);
    expect(Object.keys(counts).sort()).toEqual([...answers].sort());
    expect(await user.plan(after)).toEqual([]);
    await user.teardown(after);
    expect(user.census()).toEqual({});
  },
  120_000,
);

test.concurrent.each(cases.filter(([what]) => interruptedCases.includes(what)))(
  'no request fails even if a provision that changes %s stops during the rollout, and the next provision completes the change',
  async (_what, after, answers, before = httpStack) => {
    const user = await account({ realTasks: true, lifetime: 'file' });
    await user.provision(before, { wait: true });
    const stopLoad = await startLoad(user, ['/app']);
    const failAndRepeat = async () => {
      // The survey makes the first call of DescribeServices. The second call follows the create or the update.
      user.sandbox.faults.add(refusal('DescribeServices', 2));
      await expect(user.provision(after, { wait: true })).rejects.toThrow('by the test');
      await user.provision(after, { wait: true });
    };
    const counts = await failAndRepeat().finally(stopLoad).then(stopLoad);
    expect(Object.keys(counts).sort()).toEqual([...answers].sort());
    expect(await user.plan(after)).toEqual([]);
  },
  120_000,
);

test.concurrent(
  'if the new program of a replaced service fails, the old one gets all requests, and the next provision completes the change',
  async () => {
    const user = await account({ realTasks: true, lifetime: 'file' });
    await user.provision(web(container('app', 8000, 'HTTP', { path: '/h1' })), { wait: true });
    const stopLoad = await startLoad(user, ['/app']);
    const failAndRepeat = async () => {
      const broken = user.provision(web(container('bad', 8001, 'HTTP', { path: '/h2', others: 'exit' })), {
        wait: true,
      });
      await expect(broken).rejects.toMatchObject({
        code: 'DEPLOYMENT',
        now: expect.stringMatching(
          /^The former ECS service web still receives the requests of web: it runs shop-dev-web:1 with 1 of 1 tasks\. Its successor (web_[0-9a-f]{4}) failed\. \1 runs /,
        ),
      });
      const corrected = web(container('new', 8001, 'HTTP', { path: '/h2' }));
      await user.provision(corrected, { wait: true });
      expect(await user.plan(corrected)).toEqual([]);
    };
    const counts = await failAndRepeat().finally(stopLoad).then(stopLoad);
    expect(Object.keys(counts).sort()).toEqual(['app:8000', 'new:8001']);
  },
  120_000,
);

test.concurrent(
  'if a failed replacement is given up, and the next change fails as well, the problem says which ECS service serves',
  async () => {
    const user = await account({ realTasks: true, lifetime: 'file' });
    const broken = (port: number, path: string) =>
      web(container('bad', port, 'HTTP', { path, others: 'exit' }));
    await user.provision(web(container('app', 8000, 'HTTP', { path: '/h1' })), { wait: true });
    await expect(user.provision(broken(8001, '/h2'), { wait: true })).rejects.toMatchObject({
      now: expect.stringMatching(/^The former ECS service web still receives the requests of web: /),
    });
    await expect(user.provision(broken(8000, '/h1'), { wait: true })).rejects.toMatchObject({
      now: expect.stringMatching(
        /restored the previous version\. The ECS service web_[0-9a-f]{4} is left from an earlier replacement that failed, and receives no requests: it runs .* web runs shop-dev-web:1 /,
      ),
    });
  },
  120_000,
);
