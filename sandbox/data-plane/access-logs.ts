/** Collects the access logs of load balancers, and delivers them every five minutes and at shutdown, as compressed files. */
import { gzipSync } from 'node:zlib';
import { deliverLog, nameIn } from '../aws/elbv2/access-logs.ts';
import type { LoadBalancerRow } from '../aws/elbv2/store.ts';
import type { AccessLogSink } from '../balancer/view.ts';
import type { Region } from '../world/region.ts';
import type { World } from '../world/world.ts';

/** The access logs of all load balancers. */
export interface AccessLogDelivery {
  sinkFor(region: Region, balancer: LoadBalancerRow): AccessLogSink;
  /** Delivers everything that was collected. */
  close(): void;
}

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html */
const PERIOD_MS = 5 * 60_000;
/** The shortest period in the sandbox's time, at any pace. */
const MIN_PERIOD_MS = 1000;
/** AWS, too, delivers several files for a period with many requests. */
const MAX_BYTES = 8 * 1024 * 1024;

interface Pending {
  readonly region: Region;
  readonly balancer: LoadBalancerRow;
  readonly lines: string[];
  bytes: number;
  /** Cancels the delivery at the end of the period. */
  readonly cancel: () => void;
}

export function makeAccessLogs(world: World): AccessLogDelivery {
  const pending = new Map<string, Pending>();

  const deliver = (arn: string): void => {
    const log = pending.get(arn);
    if (!log) return;
    pending.delete(arn);
    log.cancel();
    const { region, balancer, lines } = log;
    deliverLog(region, {
      loadBalancerArn: arn,
      attributes: balancer.attributes,
      nodeIp: addressOf(region, balancer),
      bytes: gzipSync(`${lines.join('\n')}\n`),
    });
  };

  const begin = (region: Region, balancer: LoadBalancerRow): Pending => {
    const period = Math.max(region.scaled(PERIOD_MS), MIN_PERIOD_MS);
    const end = (Math.floor(world.clock.now() / period) + 1) * period;
    const cancel = world.clock.at(end, () => deliver(balancer.LoadBalancerArn));
    const log = { region, balancer, lines: [], bytes: 0, cancel };
    pending.set(balancer.LoadBalancerArn, log);
    return log;
  };

  return {
    sinkFor: (region, balancer) => ({
      name: nameIn(balancer.LoadBalancerArn),
      now: () => world.clock.now(),
      add(line) {
        const log = pending.get(balancer.LoadBalancerArn) ?? begin(region, balancer);
        log.lines.push(line);
        log.bytes += line.length + 1;
        if (log.bytes >= MAX_BYTES) deliver(balancer.LoadBalancerArn);
      },
    }),
    close() {
      for (const arn of [...pending.keys()]) deliver(arn);
    },
  };
}

/** Returns the address of the load balancer's node. The sandbox serves every load balancer with one node. */
function addressOf(region: Region, { interfaceIds }: LoadBalancerRow): string {
  const networkInterface = region.ec2.networkInterfaces.get(interfaceIds[0]);
  return networkInterface?.Association?.PublicIp ?? networkInterface?.PrivateIpAddress ?? '127.0.0.1';
}
