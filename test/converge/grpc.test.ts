// A gRPC program behind the load balancer: deployed, verified, replaced under load, and changed from and to HTTP.
import { expect, test } from '@jest/globals';
import type { StackInput } from '../../lib/config/schema.ts';
import { startCalls } from './grpc-calls.ts';
import { account, planInWords } from './harness.ts';
import { provisionedAccount } from './account-snapshots.ts';
import { stack, web } from './stacks.ts';

const HOST = 'api.example.com';
const secure = (changes: Partial<StackInput> = {}): StackInput =>
  stack({ domain: { name: HOST, zone: 'example.com', createZone: true, https: true }, ...changes });

/** Returns a stack whose only program speaks gRPC on a port. */
const grpcStack = (port: number): StackInput =>
  secure({
    deregistrationDelaySeconds: 600,
    services: {
      web: {
        containers: {
          app: {
            source: 'app',
            ...{ port, path: '/shop.Orders', protocol: 'GRPC' },
            health: {
              intervalSeconds: 5,
              timeoutSeconds: 2,
              path: '/grpc.health.v1.Health/Check',
              matcher: '0',
            },
            environment: { NAME: `app:${port}`, PORT: String(port), PROTOCOL: 'GRPC' },
          },
        },
      },
    },
  });

test('calls reach the program over HTTP/2, and none fails while its port changes', async () => {
  const user = await account({ realTasks: true });
  await user.provision(grpcStack(8000), { wait: true });
  const { notes } = user.output();
  expect(notes).toContainEqual(expect.stringMatching(/^gRPC https:\/\/.*\/shop\.Orders {2}200$/));
  const stopCalls = await startCalls(user, HOST);
  let answers: readonly string[] = [];
  try {
    await user.provision(grpcStack(8001), { wait: true });
  } finally {
    answers = await stopCalls();
  }
  expect(answers).toEqual(['app:8000 0', 'app:8001 0']);
  expect(await user.plan(grpcStack(8001))).toEqual([]);
  await user.teardown(grpcStack(8001));
  expect(user.census()).toEqual({});
}, 120_000);

test.each(['GRPC', 'HTTP2'] as const)('a container changes from HTTP to %s and back', async (protocol) => {
  const [before, after] = [secure(), secure({ services: web({ api1: { protocol } }) })];
  const user = await provisionedAccount(before);
  const words = planInWords(await user.plan(after));
  expect(words).toContainEqual(expect.stringMatching(/^replace targetGroups\.web-api1: protocol/));
  await user.provision(after);
  expect(await user.plan(after)).toEqual([]);
  const groups = user.sandbox.world.region('eu-west-1').elbv2.targetGroups.all();
  expect(groups.map(({ ProtocolVersion }) => ProtocolVersion).sort()).toEqual([protocol, 'HTTP1'].sort());
  await user.provision(before);
  expect(await user.plan(before)).toEqual([]);
  await user.teardown(before);
  expect(user.census()).toEqual({});
});
