/** For journeys that do not test the services themselves: small stacks of containers that start quickly. */
import type { StackInput } from '../../lib/config/schema.ts';
import type { Machine } from './harness.ts';

type Services = StackInput['services'];
type Container = Services[string]['containers'][string];

/**
 * A program that answers every request with its name and the requested path. With `?say=text`, the program prints the
 * text. With `?ask=url`, the program requests the URL and relays the answer.
 */
const ECHO_PROGRAM = `
import { createServer, get } from 'node:http';
const { NAME, PORT, TASK = process.pid } = process.env;
const answer = (response, body) => response.end(JSON.stringify({ name: NAME, task: String(TASK), ...body }));
createServer((request, response) => {
  const { searchParams } = new URL(request.url, 'http://self');
  const url = searchParams.get('ask');
  if (searchParams.has('say')) console.log(searchParams.get('say'));
  if (url === null) return answer(response, { path: request.url });
  get(url, (other) => {
    let text = '';
    other.on('data', (chunk) => (text += chunk));
    other.on('end', () => answer(response, { relayed: JSON.parse(text) }));
  }).on('error', (error) => answer(response, { error: error.message }));
}).listen(Number(PORT), () => console.log(NAME + ' listens on ' + PORT));
process.on('SIGTERM', () => process.exit(0));
`;

/** The answer of the echo program. */
export interface Echo {
  readonly name: string;
  /** Identifies the task that answered. */
  readonly task: string;
  readonly path: string;
  /** The answer to the request that `?ask` made the program send. */
  readonly relayed?: Echo;
  readonly error?: string;
}

/** Returns a container that runs the echo program. */
export const echo = (name: string, port: number, path?: string): Container => ({
  source: 'echo',
  port,
  path,
  health: FAST_HEALTH_CHECK,
  environment: { NAME: name, PORT: String(port) },
});

/** The fastest health checks that AWS allows. */
export const FAST_HEALTH_CHECK = { intervalSeconds: 5, timeoutSeconds: 2 } as const;

/** A load balancer without a delay when tasks stop, if the stack has one. */
const withoutDelay = (services: Services): Partial<StackInput> =>
  Object.values(services).some(({ containers }) =>
    Object.values(containers).some(({ path, routes }) => path !== undefined || routes !== undefined),
  )
    ? { deregistrationDelaySeconds: 0 }
    : {};

/** Writes the echo program and a configuration, and returns the flags that name the configuration. */
export function tinyStack(
  { write, config }: Machine,
  services: Services = { web: { containers: { app: echo('app', 8000, '/app') } } },
  more: Partial<StackInput> = {},
): string[] {
  write('echo/main.ts', ECHO_PROGRAM);
  return config({ name: 'tiny', region: 'eu-west-1', ...withoutDelay(services), services, ...more });
}
