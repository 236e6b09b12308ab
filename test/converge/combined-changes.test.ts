// Any combination of changes to a service deploys, and while it does, no request fails.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { StackInput } from '../../lib/config/schema.ts';
import { account } from './harness.ts';
import { startLoad } from './load.ts';

const PATHS = ['/app', '/side'];

const container = fc.record({
  name: fc.constantFrom('a', 'b', 'c', 'd'),
  port: fc.constantFrom(8000, 8010, 8020),
  protocol: fc.constantFrom('HTTP' as const, 'HTTP' as const, 'HTTPS' as const),
  healthPath: fc.constantFrom('/h1', '/h2', '/app'),
  matcher: fc.constantFrom('200', '200-299'),
  intervalSeconds: fc.constantFrom(5, 6),
  version: fc.constantFrom('1', '2'),
  /** What the program does with requests that are neither for its paths nor for its health path. */
  others: fc.constantFrom('404', '500', 'hang'),
});
const service = fc.record({
  containers: fc.uniqueArray(container, { minLength: 1, maxLength: 2, selector: ({ name }) => name }),
  count: fc.constantFrom(1, 1, 2, 4),
  isSwapped: fc.boolean(),
});
type ArbitraryService = typeof service extends fc.Arbitrary<infer T> ? T : never;

/** @param failure how the programs fail: they end at once, or they never answer a health check */
function stackOf({ containers, count, isSwapped }: ArbitraryService, failure?: 'exit' | 'hang'): StackInput {
  const paths = isSwapped && containers.length === 2 ? PATHS.toReversed() : PATHS;
  const entries = containers.map(
    ({ name, port, protocol, healthPath, version, others, ...health }, index) => {
      const ownPort = port + index;
      const environment = {
        NAME: `version ${version}`,
        PORT: String(ownPort),
        PROTOCOL: protocol,
        HEALTH: failure ? '/elsewhere' : healthPath,
        OTHERS: failure ?? others,
      };
      const path = paths[index] ?? '/';
      const check = {
        path: failure && healthPath === '/app' ? '/h1' : healthPath,
        timeoutSeconds: 2,
        ...health,
      };
      return [name, { source: 'app', port: ownPort, path, protocol, health: check, environment }] as const;
    },
  );
  return {
    name: 'shop',
    region: 'eu-west-1',
    // At the pace of these accounts, this is two seconds of real time: enough for the requests in flight.
    deregistrationDelaySeconds: 600,
    services: { web: { count, graceSeconds: failure ? 0 : 60, containers: Object.fromEntries(entries) } },
  };
}

/** Returns the paths that the stack routes both before and after a change. */
const commonPaths = (...services: readonly ArbitraryService[]): string[] =>
  PATHS.filter((path) =>
    services.every((one) =>
      Object.values(stackOf(one).services['web']?.containers ?? {}).some((each) => each.path === path),
    ),
  );

const NAMES = ['version 1', 'version 2'];
const runs = (few: number, many: number) => ({
  numRuns: Number(process.env['RUNS'] ?? (process.env['SWEEP'] ? many : few)),
  endOnFailure: true,
});

test.concurrent(
  'any combination of changes to a healthy service deploys, and no request fails',
  async () => {
    await fc.assert(
      fc.asyncProperty(service, service, async (before, after) => {
        const user = await account({ realTasks: true, lifetime: 'file' });
        await user.provision(stackOf(before), { wait: true });
        const stopLoad = await startLoad(user, commonPaths(before, after));
        const counts = await user.provision(stackOf(after), { wait: true }).finally(stopLoad).then(stopLoad);
        expect(Object.keys(counts).filter((answer) => !NAMES.includes(answer))).toEqual([]);
        expect(await user.plan(stackOf(after))).toEqual([]);
        await user.close();
      }),
      runs(2, 15),
    );
  },
  3_600_000,
);

test.concurrent(
  'after a first deployment that failed, any combination of changes deploys',
  async () => {
    await fc.assert(
      fc.asyncProperty(service, service, fc.constantFrom('exit', 'hang'), async (before, after, failure) => {
        const user = await account({ realTasks: true, lifetime: 'file' });
        const broken = stackOf({ ...before, count: 1 }, failure);
        await expect(user.provision(broken, { wait: true })).rejects.toMatchObject({ code: 'DEPLOYMENT' });
        await user.provision(stackOf(after), { wait: true });
        expect(await user.plan(stackOf(after))).toEqual([]);
        await user.close();
      }),
      runs(1, 8),
    );
  },
  3_600_000,
);
