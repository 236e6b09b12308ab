/** The health check that ECS runs inside a container: a command of its own, or a request that a Node program sends. Pure. */
import type { HealthCheck } from '@aws-sdk/client-ecs';
import type { Container } from '../config/config.ts';
import { statusRanges } from './health-check.ts';

type Checked = Pick<Container, 'image' | 'lacksNode' | 'port' | 'protocol' | 'health'>;

/** Whether ECS checks the health of a container inside its task. */
export const checksItself = (container: Checked): boolean => containerHealthCheck(container) !== undefined;

/**
 * Returns the health check that runs inside the container. A Node program sends the request. Images that may lack Node have no such
 * check: those by reference, and those of a Dockerfile whose program is not Node's. The load balancer also checks routed containers,
 * and both checks accept the same status codes.
 */
export function containerHealthCheck({
  image,
  lacksNode,
  port,
  protocol,
  health,
}: Checked): HealthCheck | undefined {
  if (port === undefined || !('source' in image) || lacksNode) return undefined;
  const scheme = protocol === 'HTTPS' ? 'https' : 'http';
  const url = JSON.stringify(`${scheme}://localhost:${port}${health.path}`);
  // Like the load balancer, the check accepts any certificate.
  const options = protocol === 'HTTPS' ? ' { rejectUnauthorized: false },' : '';
  // The program does not use fetch, since fetch rejects the ports that browsers block, such as 6000.
  const program = `require('${scheme}').get(${url},${options} ({ statusCode: s }) => process.exit(${statusCondition(health.matcher)} ? 0 : 1)).on('error', () => process.exit(1))`;
  return {
    command: ['CMD', 'node', '-e', program],
    interval: health.intervalSeconds,
    timeout: Math.min(health.timeoutSeconds, 60),
    retries: Math.min(health.unhealthyThreshold, 10),
    startPeriod: 30,
  };
}

/** Translates a matcher of the load balancer into a condition on the status `s`. */
const statusCondition = (matcher: string): string =>
  statusRanges(matcher)
    .map(({ from, to }) => (from === to ? `s === ${from}` : `s >= ${from} && s <= ${to}`))
    .join(' || ');
