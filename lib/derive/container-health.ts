/** The health check that ECS runs inside a container: a configured command, or a request that a Node program sends. Pure. */
import type { HealthCheck } from '@aws-sdk/client-ecs';
import type { Container } from '../config/config.ts';
import { statusRanges } from './health-check.ts';

type Checked = Pick<Container, 'image' | 'lacksNode' | 'hidesNode' | 'port' | 'protocol' | 'health'>;

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html */
const MAX_TIMEOUT_SECONDS = 60;

/** Whether ECS checks the health of a container inside its task. */
export const checksItself = (container: Checked): boolean => containerHealthCheck(container) !== undefined;

/**
 * Returns the health check that runs inside the container: the configured command, or else a request that a Node program sends.
 * Images that may lack Node have no such request: those by reference, those of a Dockerfile whose program is not Node's, and those
 * whose base image hides Node. The load balancer also checks routed containers, and both checks accept the same status codes.
 */
export function containerHealthCheck({
  image,
  lacksNode,
  hidesNode,
  port,
  protocol,
  health,
}: Checked): HealthCheck | undefined {
  const settings = {
    interval: health.intervalSeconds,
    timeout: Math.min(health.timeoutSeconds, MAX_TIMEOUT_SECONDS),
    retries: Math.min(health.unhealthyThreshold, 10),
    startPeriod: health.startSeconds ?? 30,
  };
  if (health.command !== undefined) return { command: ecsCommand(health.command), ...settings };
  if (port === undefined || !('source' in image) || lacksNode || hidesNode) return undefined;
  const program =
    protocol === 'HTTP2' || protocol === 'GRPC'
      ? http2Check(protocol, port, health)
      : httpCheck(protocol, port, health);
  return { command: ['CMD', 'node', '-e', program], ...settings };
}

function httpCheck(protocol: 'HTTP' | 'HTTPS', port: number, { path, matcher }: Container['health']): string {
  const scheme = protocol === 'HTTPS' ? 'https' : 'http';
  const url = JSON.stringify(`${scheme}://localhost:${port}${path}`);
  // Like the load balancer, the check accepts any certificate.
  const options = protocol === 'HTTPS' ? ' { rejectUnauthorized: false },' : '';
  // The program does not use fetch, since fetch rejects the ports that browsers block, such as 6000.
  return `require('${scheme}').get(${url},${options} ({ statusCode: s }) => process.exit(${statusCondition(matcher)} ? 0 : 1)).on('error', () => process.exit(1))`;
}

/** A gRPC call ends with its status in trailers, or in the headers if it has no messages. It sends one empty message. */
function http2Check(
  protocol: 'HTTP2' | 'GRPC',
  port: number,
  { path, matcher }: Container['health'],
): string {
  const isGrpc = protocol === 'GRPC';
  const status = isGrpc ? 'grpc-status' : ':status';
  const headers = {
    ':path': path,
    ...(isGrpc && { ':method': 'POST', 'content-type': 'application/grpc', te: 'trailers' }),
  };
  return [
    `const c = require('http2').connect('http://localhost:${port}').on('error', () => process.exit(1))`,
    `const r = c.request(${JSON.stringify(headers)}).on('error', () => process.exit(1)).on('end', () => process.exit(1))`,
    `const f = (h) => { if (h['${status}'] === undefined) return; const s = Number(h['${status}']); process.exit(${statusCondition(matcher)} ? 0 : 1) }`,
    `r.on('response', f).on('trailers', f).resume().end(${isGrpc ? 'Buffer.alloc(5)' : ''})`,
  ].join('; ');
}

/** The forms of a command in ECS, which is the first item of the command. */
export const HEALTH_COMMAND_FORMS: readonly string[] = ['CMD', 'CMD-SHELL'];

/** Returns a configured command in ECS's form. Without a form, it is a program with its arguments. */
const ecsCommand = (command: readonly string[]): string[] =>
  HEALTH_COMMAND_FORMS.includes(command[0] ?? '') ? [...command] : ['CMD', ...command];

/** Translates a matcher of the load balancer into a condition on the status `s`. */
const statusCondition = (matcher: string): string =>
  statusRanges(matcher)
    .map(({ from, to }) => (from === to ? `s === ${from}` : `s >= ${from} && s <= ${to}`))
    .join(' || ');
