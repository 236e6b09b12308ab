/** Waits until the program of a task answers the health checks of its service's target groups. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceRow } from '../aws/ecs/store.ts';
import { matchesCode, sendHealthCheck, type HealthCheckResult } from '../balancer/health-check.ts';
import { localAddress } from '../runtime/ports.ts';
import type { Region } from '../world/region.ts';

/** The delay between two checks of a port, in milliseconds. */
const CHECK_EVERY_MS = 15;
/** How long a program without routes must run until it counts as ready, in milliseconds. */
const SETTLE_MS = 500;

/** A check that has not passed yet, for the message of a timeout. */
export type PendingCheck = (text: string) => void;

/**
 * Resolves when each routed port answers the health check of its target group with a status that the group accepts.
 * @param folder the folder of the task
 * @param onPending receives the result of each check that failed
 * @throws the signal's reason
 */
export async function untilReady(
  region: Region,
  { loadBalancers }: ServiceRow,
  folder: string,
  onPending: PendingCheck,
  signal: AbortSignal,
): Promise<void> {
  if (loadBalancers.length === 0) await delay(SETTLE_MS, undefined, { signal });
  await Promise.all(
    loadBalancers.map(async ({ targetGroupArn = '', containerPort = 0 }) => {
      const group = region.elbv2.targetGroups.get(targetGroupArn);
      if (!group) return;
      const port = group.HealthCheckPort === 'traffic-port' ? containerPort : Number(group.HealthCheckPort);
      const protocol = group.HealthCheckProtocol === 'HTTPS' ? 'HTTPS' : 'HTTP';
      const path = group.HealthCheckPath ?? '/';
      const settings = { path, protocol, timeoutMs: (group.HealthCheckTimeoutSeconds ?? 5) * 1000 } as const;
      for (;;) {
        const address = localAddress(folder, port);
        const result = await sendHealthCheck(
          typeof address === 'object' ? address : 'refused',
          settings,
          signal,
        );
        if (typeof result === 'object' && matchesCode(group.Matcher?.HttpCode ?? '200', result.code)) return;
        onPending(checkText(port, path, address === undefined ? 'nothing listens' : result));
        await delay(CHECK_EVERY_MS, undefined, { signal });
      }
    }),
  );
}

function checkText(port: number, path: string, result: HealthCheckResult | 'nothing listens'): string {
  if (result === 'nothing listens') return `no program listens on port ${port}`;
  if (typeof result === 'object') return `GET ${path} on port ${port} answers ${result.code}`;
  return `GET ${path} on port ${port} is not answered`;
}
