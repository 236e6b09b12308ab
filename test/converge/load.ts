/** For convergence tests: requests to the load balancer of an account while the stack changes. */
import { request, type IncomingMessage } from 'node:http';
import { request as requestSecurely } from 'node:https';
import { setTimeout } from 'node:timers/promises';
import type { Account } from './harness.ts';

/**
 * Starts to request each path in turn, about a hundred times per second in total.
 * @param secureHost the host to request over HTTPS, whose certificate is checked; by default, requests use HTTP
 * @returns a function that stops the load and counts each answer
 */
export async function startLoad(
  user: Account,
  paths: readonly string[],
  secureHost?: string,
): Promise<() => Promise<Readonly<Record<string, number>>>> {
  const [balancer] = user.sandbox.world.region('eu-west-1').elbv2.loadBalancers.all();
  const resolved = await fetch(
    `${user.sandbox.url}/_sandbox/resolve?name=${balancer?.DNSName}&port=${secureHost ? 443 : 80}`,
  );
  const { host, port } = (await resolved.json()) as { host: string; port: number };
  const ca = user.sandbox.world.authority().certificate;
  const answers: Record<string, number> = {};
  let isStopped = false;
  const sendRequest = (path: string) =>
    new Promise<string>((resolve) => {
      const options = { host, port, path, agent: false as const };
      const onResponse = (response: IncomingMessage) => {
        let text = '';
        response.on('data', (chunk) => (text += String(chunk)));
        response.on('end', () =>
          resolve(response.statusCode === 200 ? text : `${path}: ${response.statusCode}`),
        );
      };
      const clientRequest =
        secureHost === undefined
          ? request(options, onResponse)
          : requestSecurely(
              { ...options, headers: { host: secureHost }, servername: secureHost, ca },
              onResponse,
            );
      clientRequest.on('error', (error) => resolve(`${path}: ${error.message}`)).end();
    });
  const loop = (async () => {
    for (let count = 0; !isStopped; count += 1) {
      const answer = await sendRequest(paths[count % paths.length] ?? '/');
      answers[answer] = (answers[answer] ?? 0) + 1;
      // Leaves processor time to the other processes.
      await setTimeout(5);
    }
  })();
  return async () => {
    isStopped = true;
    await loop;
    return answers;
  };
}
