/** For convergence tests: gRPC calls to the load balancer of an account while the stack changes. */
import { once } from 'node:events';
import { call, frame, messagesOf, openHttp2 } from '../sandbox/balancer/grpc-program.ts';
import type { Account } from './harness.ts';

/**
 * Starts to call /shop.Orders/Get again and again, on one connection with HTTP/2 over TLS.
 * @param host the name of the stack's domain, for which the certificate is checked
 * @returns a function that ends the calls, and returns each different answer: its messages, and the status of gRPC
 */
export async function startCalls(user: Account, host: string): Promise<() => Promise<readonly string[]>> {
  const region = user.sandbox.world.region('eu-west-1');
  const [balancer] = region.elbv2.loadBalancers.all();
  const resolved = await fetch(`${user.sandbox.url}/_sandbox/resolve?name=${balancer?.DNSName}&port=443`);
  const { port } = (await resolved.json()) as { port: number };
  const session = openHttp2(`https://${host}:${port}`, { ca: region.authority().certificate });
  await once(session, 'connect');
  const ask = async () => {
    const { stream, status } = call(session, '/shop.Orders/Get');
    stream.end(frame('7'));
    const texts: string[] = [];
    for await (const text of messagesOf(stream)) texts.push(text);
    return `${texts.join(', ')} ${String(await status)}`;
  };
  const answers = new Set<string>();
  let isStopped = false;
  const load = (async () => {
    while (!isStopped) answers.add(await ask());
  })();
  return async () => {
    isStopped = true;
    await load;
    session.destroy();
    return [...answers].sort();
  };
}
