// While the rules of a stack change, not a single request fails, and the program gets the path that it knows.
import { expect, test } from '@jest/globals';
import type { StackInput } from '../../lib/config/schema.ts';
import { account } from './harness.ts';
import { startLoad } from './load.ts';

type ContainerInput = StackInput['services'][string]['containers'][string];

const stack = (changes: Partial<ContainerInput>, more: Partial<StackInput> = {}): StackInput => ({
  name: 'shop',
  region: 'eu-west-1',
  deregistrationDelaySeconds: 600,
  services: {
    web: {
      containers: {
        app: {
          source: 'app',
          port: 8000,
          path: '/app',
          health: { path: '/app', intervalSeconds: 5, timeoutSeconds: 2 },
          environment: { NAME: 'app', PORT: '8000', PROTOCOL: 'HTTP' },
          ...changes,
        },
      },
    },
  },
  ...more,
});

const cases: [what: string, before: StackInput, after: StackInput][] = [
  ['a path is added', stack({}), stack({ path: ['/app', '/other'] })],
  ['a path is removed', stack({ path: ['/app', '/other'] }), stack({})],
  ['its path is stripped', stack({}), stack({ stripPath: true })],
  ['its path is stripped no longer', stack({ stripPath: true }), stack({})],
  [
    'a route with a host is removed beside it',
    stack({ path: '/app', routes: [{ paths: '/app', hosts: 'www.example.com' }] }),
    stack({ path: '/app' }),
  ],
  [
    'priorities are exchanged',
    stack({
      path: '/x',
      routes: [
        { paths: '/app', priority: 3 },
        { paths: '/b', priority: 4 },
      ],
    }),
    stack({
      path: '/x',
      routes: [
        { paths: '/app', priority: 4 },
        { paths: '/b', priority: 3 },
      ],
    }),
  ],
  [
    'a redirect is added beside it',
    stack({}),
    stack({}, { routes: [{ paths: '/old', redirect: { path: '/app' } }] }),
  ],
];

test.each(process.env['SWEEP'] ? cases : [cases[2], cases[5]].filter((one) => one !== undefined))(
  'no request fails while %s',
  async (_what, before, after) => {
    const user = await account({ realTasks: true, lifetime: 'file' });
    await user.provision(before, { wait: true });
    const stopLoad = await startLoad(user, ['/app', '/app/below?a=1']);
    const counts = await user.provision(after, { wait: true }).finally(stopLoad).then(stopLoad);
    expect(Object.keys(counts)).toEqual(['app']);
    expect(await user.plan(after)).toEqual([]);
    await user.teardown(after);
    expect(user.census()).toEqual({});
  },
  180_000,
);
