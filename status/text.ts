/** Formats the condition of a stack for people. Pure. */
import type { ServiceStatus, StatusResult } from '../lib/run/results.ts';

/** Returns one line per service, with its warnings below; the last line is the address of the stack. */
export function statusText({ stack, resources, services, url }: StatusResult): string {
  if (resources === 0) return `${stack} does not exist.`;
  const width = Math.max(0, ...services.map(({ service }) => service.length));
  const lines = services.flatMap((one) => [
    `  ${one.service.padEnd(width)}  ${conditionText(one)}`,
    ...one.warnings.map((text) => `  ${' '.repeat(width)}  ${text}`),
  ]);
  return [...lines, ...(url === null ? [] : [url])].join('\n');
}

/** Describes the condition of a service, e.g. `healthy, 2 of 2 tasks are running, revision 4`. */
function conditionText({ healthy, desired, running, revision, deployment }: ServiceStatus): string {
  if (revision === null) return 'missing';
  const condition = healthy ? 'healthy' : deployment === 'in progress' ? 'deploying' : 'unhealthy';
  return `${condition}, ${running} of ${desired} tasks are running, revision ${revision}`;
}
