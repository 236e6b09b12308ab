// A gRPC program behind the load balancer: deployed, verified, replaced under load, and changed from and to HTTP.
import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import type { StackInput } from '../../lib/config/schema.ts';
import { call, frame, messagesOf, openHttp2 } from '../sandbox/balancer/grpc-program.ts';
import { account, planInWords, type Account } from './harness.ts';
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

/** Returns a client of the stack's load balancer, which answers each call with the text of the first message. */
async function clientOf(user: Account) {
  const [balancer] = user.sandbox.world.region('eu-west-1').elbv2.loadBalancers.all();
  const resolved = await fetch(`${user.sandbox.url}/_sandbox/resolve?name=${balancer?.DNSName}&port=443`);
  const { port } = (await resolved.json()) as { port: number };
  const ca = user.sandbox.world.region('eu-west-1').authority().certificate;
  const session = openHttp2(`https://${HOST}:${port}`, { ca });
  await once(session, 'connect');
  return {
    async ask(): Promise<string> {
      const { stream, status } = call(session, '/shop.Orders/Get');
      stream.end(frame('7'));
      const texts: string[] = [];
      for await (const text of messagesOf(stream)) texts.push(text);
      return `${texts.join(', ')} ${String(await status)}`;
    },
    close: () => session.destroy(),
  };
}

test('calls reach the program over HTTP/2, and none fails while its port changes', async () => {
  const user = await account({ realTasks: true });
  await user.provision(grpcStack(8000), { wait: true });
  const { notes } = user.output();
  expect(notes).toContainEqual(expect.stringMatching(/^gRPC https:\/\/.*\/shop\.Orders {2}200$/));
  const client = await clientOf(user);
  const answers = new Set<string>();
  let isStopped = false;
  const load = (async () => {
    while (!isStopped) answers.add(await client.ask());
  })();
  try {
    await user.provision(grpcStack(8001), { wait: true });
  } finally {
    isStopped = true;
    await load;
  }
  expect([...answers].sort()).toEqual(['app:8000 0', 'app:8001 0']);
  client.close();
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
