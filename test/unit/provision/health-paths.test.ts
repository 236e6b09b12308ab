// Health paths before a deployment to the sandbox: a path that the program does not have is refused, and nothing else is.
import { expect, test } from '@jest/globals';
import type { Container } from '../../../lib/config/config.ts';
import type { Change } from '../../../lib/model/change.ts';
import { NOTHING_CHANGED } from '../../../lib/model/problem.ts';
import { checkHealthPaths } from '../../../provision/health-paths.ts';
import { Trials } from '../../../provision/trials.ts';
import { change } from '../engine-harness.ts';
import { bundleOf, buildsOf, config } from '../step-harness.ts';

const PROGRAM = `require('node:http').createServer((request, response) => {
  response.statusCode = { '/health': 200, '/broken': 500 }[request.url] ?? 404;
  response.end();
}).listen(Number(process.env.PORT));`;

const builds = buildsOf(async (key) => ({
  ...bundleOf(key),
  program: [{ name: 'main.cjs', bytes: new TextEncoder().encode(PROGRAM) }],
}));
const deployment: Change[] = [change('taskDefinitions', 'web', 'create')];

/** Checks a service whose only container has the given fields, and is healthy otherwise. */
async function check(
  {
    health,
    ...fields
  }: Partial<Omit<Container, 'health'>> & { readonly health?: Partial<Container['health']> },
  changes = deployment,
  target: 'sandbox' | 'aws' = 'sandbox',
): Promise<void> {
  const stack = config();
  const [service] = stack.services;
  const [container] = service?.containers ?? [];
  if (!service || !container) throw new Error('The configuration has no container');
  const changedContainer = {
    ...container,
    name: 'api',
    port: 5000,
    environment: { PORT: '5000' },
    ...fields,
    health: { ...container.health, path: '/health', ...health },
  };
  const services = [{ ...service, name: 'web', containers: [changedContainer] }];
  await checkHealthPaths(
    { ...stack, target, services },
    changes,
    builds,
    new Trials(new AbortController().signal),
  );
}

test('a path that the program does not have is refused before anything is changed', async () => {
  await expect(check({ health: { path: '/healthz' } })).rejects.toMatchObject({
    code: 'HEALTH_PATH',
    what: expect.stringMatching(
      /^GET \S+ of api answers 404, expected \S+: correct health\.path or health\.matcher\.$/,
    ),
    why: 'GET /healthz of api answers 404; expected 200.',
    now: NOTHING_CHANGED,
    fix: [
      'Set health.path in services.web.containers.api to a path that answers with 200,',
      'or add the path to the program.',
    ],
  });
});

test('a path with a good response is accepted', async () => {
  await check({});
});

test('a path with a bad response other than 404 is not refused', async () => {
  await check({ health: { path: '/broken' } });
});

test('a matcher that accepts 404 is respected', async () => {
  await check({ health: { path: '/healthz', matcher: '200,404' } });
});

const missingPath = { health: { path: '/healthz' } };

test.each<[string, () => Promise<void>]>([
  ['a deployment to AWS', () => check(missingPath, deployment, 'aws')],
  [
    'a service that is not deployed',
    () => check(missingPath, [change('taskDefinitions', 'other', 'create')]),
  ],
  ['a service that is removed', () => check(missingPath, [change('taskDefinitions', 'web', 'remove')])],
  ['a service that runs already', () => check(missingPath, [change('taskDefinitions', 'web', 'update')])],
  ['an image by reference', () => check({ ...missingPath, image: { reference: 'nginx:1' } })],
  ['a container with its own command', () => check({ ...missingPath, command: ['node', 'other.js'] })],
  ['a container without a port', () => check({ ...missingPath, port: undefined })],
])('%s is not checked', async (_, checkOne) => {
  await checkOne();
});
