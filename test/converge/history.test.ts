// npm run history: who deployed which revision and when, what changed, which images, how it ended, and which one is in service.
import { expect, test } from '@jest/globals';
import { UpdateServiceCommand } from '@aws-sdk/client-ecs';
import type { StackInput } from '../../lib/config/schema.ts';
import { eventually } from '../journeys/harness.ts';
import { account } from './harness.ts';
import { leapingClock } from '../sweep/leaping-clock.ts';
import { stack, web } from './stacks.ts';

/** One revision in the JSON document of a history. */
interface RevisionJson {
  readonly revision: number;
  readonly at: string;
  readonly by: string | null;
  readonly changes: readonly string[];
  readonly restores: number | null;
  readonly images: readonly { readonly container: string; readonly digest: string | null }[];
  readonly outcome: string;
  readonly reason: string | null;
  readonly inService: boolean;
}

/** A clock that leaps at most an hour, so that the builds of images do not make it pass 90 days. */
const patientClock = (from?: number) => leapingClock(from, 3_600_000);

const { domain: _domain, ...withoutDomain } = stack();
const withServices = (services: StackInput['services']): StackInput => ({ ...withoutDomain, services });
/** A stack whose only container is built from source, and receives no requests. */
const sourceStack = (environment: Record<string, string>): StackInput =>
  withServices({ web: { containers: { app: { source: 'app', environment } } } });

const revisionsOf = (json: Readonly<Record<string, unknown>>): RevisionJson[] =>
  (json['services'] as { revisions: RevisionJson[] }[])[0]?.revisions ?? [];

test('a history lists each deployment with its author, its changes in words, its images and its outcome', async () => {
  const user = await account({ clock: patientClock() });
  await user.provision(sourceStack({ LOG_LEVEL: 'info', TOKEN: 'secret-1' }), { wait: true });
  await user.provision(sourceStack({ LOG_LEVEL: 'debug', TOKEN: 'secret-2', NEW: '1' }), { wait: true });
  const { exitCode, text, json } = await user.history(sourceStack({}));
  const [second, first, ...others] = revisionsOf(json);
  expect({ exitCode, others }).toEqual({ exitCode: 0, others: [] });
  expect(second).toMatchObject({
    revision: 2,
    by: 'sandbox',
    changes: ['environment LOG_LEVEL of app', 'environment TOKEN of app', 'environment NEW of app'],
    outcome: 'successful',
    reason: null,
    inService: true,
  });
  expect(first).toMatchObject({ revision: 1, changes: [], outcome: 'successful', inService: false });
  expect(second?.images).toEqual([
    {
      container: 'app',
      reference: expect.any(String) as unknown,
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as unknown,
    },
  ]);
  expect(text).toMatch(
    /^web\n {2}2 {2}\S+ \S+ UTC {2}sandbox {2}in service, successful\n {5}changed: environment LOG_LEVEL of app, .*\n {5}images: app [0-9a-f]{12}\n {2}1 {2}/,
  );
  expect(text + JSON.stringify(json)).not.toContain('secret-');
});

test('the same revision deployed twice is two entries, and the author of the second deployment is unknown', async () => {
  const user = await account();
  await user.provision(withoutDomain);
  await user.aws.ecs.send(
    new UpdateServiceCommand({ cluster: 'shop-dev', service: 'web', forceNewDeployment: true }),
  );
  const revisions = revisionsOf((await user.history(withoutDomain)).json);
  expect(revisions.map(({ revision, by }) => ({ revision, by }))).toEqual([
    { revision: 1, by: null },
    { revision: 1, by: 'sandbox' },
  ]);
});

test('changes of the network, the sizes and the containers are described in words', async () => {
  const user = await account();
  const before = withServices(web({}, { cpu: 256, memory: 512 }));
  await user.provision(before);
  const sidecar = { image: 'public.ecr.aws/shop/proxy:1' };
  await user.provision(
    withServices(
      web({ api1: { image: 'public.ecr.aws/shop/api1:2' }, proxy: sidecar }, { cpu: 512, memory: 1024 }),
    ),
  );
  const [latest] = revisionsOf((await user.history(before)).json);
  expect(latest?.changes).toEqual(['container proxy added', 'cpu', 'memory', 'image of api1']);
});

test.each<[string, StackInput | undefined, string | undefined, object]>([
  [
    'a stack that does not exist',
    undefined,
    undefined,
    { code: 'NO_HISTORY', what: 'There is no history of shop-dev.' },
  ],
  [
    'a service that is not deployed yet',
    withServices({ other: { containers: { job: { image: 'public.ecr.aws/shop/job:1' } } } }),
    'web',
    { code: 'NO_HISTORY', what: 'There is no history of web in shop-dev.' },
  ],
  [
    'an unknown service',
    withoutDomain,
    'wbe',
    {
      code: 'ARGUMENTS',
      what: 'There is no service wbe.',
      why: 'The services are web. Did you mean web?',
    },
  ],
])('%s is one problem, and nothing changes', async (_what, before, service, expected) => {
  const user = await account();
  if (before) await user.provision(before);
  user.sandbox.journal.clear();
  await expect(user.history(withoutDomain, { service })).rejects.toMatchObject({
    ...expected,
    now: 'Nothing was changed.',
  });
  expect(user.sandbox.journal.entries().filter(({ mutating }) => mutating)).toEqual([]);
});

test('a history also works while another run holds the lock', async () => {
  const user = await account();
  await user.provision(withoutDomain);
  user.sandbox.journal.clear();
  const provisioning = user.provision(withServices(web({ api1: { image: 'public.ecr.aws/shop/api1:2' } })));
  // A run makes its first call when it holds the lock.
  await eventually(() => user.sandbox.journal.entries()[0]);
  await expect(user.teardown(withoutDomain)).rejects.toMatchObject({ code: 'LOCKED' });
  await expect(user.history(withoutDomain)).resolves.toMatchObject({ exitCode: 0 });
  await provisioning;
});

test('a history after a teardown is a problem', async () => {
  const user = await account();
  await user.provision(withoutDomain);
  await user.teardown(withoutDomain);
  await expect(user.history(withoutDomain)).rejects.toMatchObject({ code: 'NO_HISTORY' });
});
