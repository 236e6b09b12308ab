// Stacks that lack some kinds of resources and everything that depends on them: provision repairs the stacks.
import { beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { nouns as allNouns, needs, type Noun } from '../../lib/model/architecture.ts';
import { account, type Account } from './harness.ts';
import { stack } from './stacks.ts';

/** A stack with resources of every kind. */
const fullStack = () =>
  stack({
    domain: { name: 'api.example.com', zone: 'example.com', createZone: true, https: true },
    accessLogs: true,
    flowLogs: true,
  });

/** A teardown keeps the service-linked role. This stack has no repositories and no images, because it builds none. */
const EXCLUDED_NOUNS: readonly Noun[] = ['serviceLinkedRole', 'repositories', 'images'];
const nouns = allNouns.filter((noun) => !EXCLUDED_NOUNS.includes(noun));

/** Returns these nouns and all nouns that depend on them, since AWS deletes a resource only after its dependents. */
function withDependents(missing: readonly Noun[]): Set<Noun> {
  const removed = new Set(missing);
  // In this list, every noun comes after its dependencies.
  for (const noun of nouns)
    if ((needs[noun] as readonly Noun[]).some((other) => removed.has(other))) removed.add(noun);
  return removed;
}

let user: Account;
let fullCensus: Readonly<Record<string, number>>;
beforeAll(async () => {
  user = await account({ lifetime: 'file' });
  await user.provision(fullStack());
  fullCensus = user.census();
});

async function expectRepaired(missing: readonly Noun[]): Promise<void> {
  const removed = withDependents(missing);
  await user.removeNouns(fullStack(), removed);
  const nounsToCreate = new Set(
    (await user.plan(fullStack()))
      .filter(({ verb }) => verb === 'create')
      .map(({ address }) => address.split('.')[0]),
  );
  for (const noun of missing) expect(nounsToCreate).toContain(noun);
  await user.provision(fullStack());
  expect(await user.plan(fullStack())).toEqual([]);
  expect(user.census()).toEqual(fullCensus);
}

test.each(nouns)('provision repairs a stack without %s', (noun) => expectRepaired([noun]));

test('provision repairs a stack that lacks an arbitrary set of nouns', async () => {
  await fc.assert(
    fc.asyncProperty(fc.subarray(nouns, { minLength: 2 }), (missing) => expectRepaired(missing)),
    { numRuns: Number(process.env['RUNS'] ?? 3) },
  );
}, 3_600_000);
