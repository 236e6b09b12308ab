/** Serves every active load balancer of the world: a local port for each listener, health checks for each group in use. */
import type { ListenerRow, LoadBalancerRow, TargetGroupRow } from '../aws/elbv2/store.ts';
import { setTargetHealth } from '../aws/elbv2/targets.ts';
import { loadBalancerOf, rulesOf } from '../aws/elbv2/usage.ts';
import { startHealthChecker, type CheckedGroup } from '../balancer/health-checker.ts';
import { openListener, type OpenListener } from '../balancer/listener.ts';
import type { ListenerView, TargetProtocol, TargetView } from '../balancer/view.ts';
import type { Region } from '../world/region.ts';
import type { World } from '../world/world.ts';
import { checkBalancerIngress, locateTarget } from './reachability.ts';

export interface BalancerOptions {
  readonly folderOf: (taskArn: string) => string;
  /** The local port of listeners on port 80; 0 takes any free ones for all. */
  readonly httpPort: number;
  /** Told when a listener cannot be served. */
  readonly reportError: (error: unknown) => void;
}

/** The served load balancers. */
export interface Balancers {
  /** The local port of a listener, once it is open. */
  portOf(listenerArn: string): number | undefined;
  close(): Promise<void>;
}

const HTTP = 80;
/** How many ports are tried from the wanted one on. */
const PORTS_TRIED = 100;
/** Checks stay this far apart, however brisk the pace. Milliseconds. */
const MIN_INTERVAL_MS = 200;

/** Serves the load balancers of a world until closed: follows every change. */
export function serveBalancers(
  world: World,
  { folderOf, httpPort, reportError }: BalancerOptions,
): Balancers {
  const open = new Map<string, { readonly server: OpenListener; readonly awsPort: number }>();
  const failed = new Set<string>();

  const groups = () => world.regions().flatMap((region) => checkedGroups(region, folderOf));
  const byArn = new Map<string, Region>();
  const checker = startHealthChecker({
    groups: () => {
      const all = groups();
      for (const { region, group } of all) byArn.set(group.arn, region);
      return all.map(({ group }) => group);
    },
    report: (arn, target, { state, reason, description }) => {
      const region = byArn.get(arn);
      const health = { State: state, Reason: reason, Description: description };
      if (region) setTargetHealth(region, arn, target.id, target.port, health);
    },
  });

  const wanted = () =>
    new Map(
      world.regions().flatMap((region) =>
        region.elbv2.listeners.all().flatMap((listener) => {
          const balancer = region.elbv2.loadBalancers.get(listener.LoadBalancerArn);
          const isActive = balancer?.State?.Code === 'active';
          return isActive ? [[listener.ListenerArn, { region, listener, balancer }] as const] : [];
        }),
      ),
    );

  /** Ports are found one listener after the other, so that two never want the same one. */
  let following: Promise<void> = Promise.resolve();
  let again = false;
  const follow = async (): Promise<void> => {
    again = false;
    const listeners = wanted();
    for (const [arn, { server, awsPort }] of open) {
      if (listeners.get(arn)?.listener.Port === awsPort) continue;
      open.delete(arn);
      await server.close();
    }
    for (const [arn, { region, listener, balancer }] of listeners) {
      if (open.has(arn) || failed.has(arn)) continue;
      const server = await openOnFreePort(viewOf(region, listener, balancer, folderOf), listener, httpPort);
      if (!server) {
        failed.add(arn);
        reportError(new Error(`No port of this machine is free for ${arn}`));
      } else {
        open.set(arn, { server, awsPort: listener.Port });
        listener.localPort = server.port;
      }
    }
  };
  const stopFollowing = world.onChange(() => {
    checker.refresh();
    if (again) return;
    again = true;
    following = following.then(follow).catch(reportError);
  });
  following = following.then(follow).catch(reportError);

  return {
    portOf: (arn) => open.get(arn)?.server.port,
    async close() {
      stopFollowing();
      await following;
      await checker.stop();
      await Promise.all([...open.values()].map(({ server }) => server.close()));
    },
  };
}

/** The port it had before, else the usual one, else the next that is free. */
async function openOnFreePort(
  view: ListenerView,
  { Port, localPort }: ListenerRow,
  httpPort: number,
): Promise<OpenListener | undefined> {
  const usual = Port === HTTP ? httpPort : Port < 1024 ? Port + 8000 : Port;
  const first = localPort ?? usual;
  const ports =
    httpPort === 0
      ? [0]
      : Array.from({ length: PORTS_TRIED }, (_, index) => first + index).filter((port) => port < 65_536);
  for (const port of ports) {
    try {
      return await openListener(view, { port });
    } catch (error) {
      // In use, or (below 1024) not allowed.
      const { code = '' } = error as NodeJS.ErrnoException;
      if (!['EADDRINUSE', 'EACCES'].includes(code)) throw error;
    }
  }
  return undefined;
}

function viewOf(
  region: Region,
  { ListenerArn, Port }: ListenerRow,
  balancer: LoadBalancerRow,
  folderOf: BalancerOptions['folderOf'],
): ListenerView {
  return {
    port: Port,
    isReachable: () => checkBalancerIngress(region, balancer, Port) === 'open',
    rules: () => rulesOf(region, ListenerArn),
    attribute: (key) => balancer.attributes[key],
    targets: (arn) => targetsOf(region.elbv2.targetGroups.get(arn)),
    protocol: (arn) => protocolOf(region.elbv2.targetGroups.get(arn)?.Protocol),
    reach: (target) => locateTarget(region, balancer, target, folderOf),
  };
}

const protocolOf = (protocol: string | undefined): TargetProtocol =>
  protocol === 'HTTPS' ? 'HTTPS' : 'HTTP';

const targetsOf = (group: TargetGroupRow | undefined): TargetView[] =>
  (group?.targets ?? []).map(({ id, port, health }) => ({ id, port, state: stateOf(health.State) }));

const STATES = ['initial', 'healthy', 'unhealthy', 'unused', 'draining', 'unavailable'] as const;
const stateOf = (state: string | undefined): TargetView['state'] =>
  STATES.find((known) => known === state) ?? 'draining';

function checkedGroups(
  region: Region,
  folderOf: BalancerOptions['folderOf'],
): { region: Region; group: CheckedGroup }[] {
  return region.elbv2.targetGroups.all().flatMap((row) => {
    const balancer = loadBalancerOf(region, row.TargetGroupArn);
    if (balancer?.State?.Code !== 'active') return [];
    const group: CheckedGroup = {
      arn: row.TargetGroupArn,
      settings: {
        path: row.HealthCheckPath ?? '/',
        port: row.HealthCheckPort === 'traffic-port' ? 'traffic-port' : Number(row.HealthCheckPort),
        protocol: protocolOf(row.HealthCheckProtocol),
        intervalMs: Math.max(region.scaled((row.HealthCheckIntervalSeconds ?? 30) * 1000), MIN_INTERVAL_MS),
        timeoutMs: (row.HealthCheckTimeoutSeconds ?? 5) * 1000,
        healthyThreshold: row.HealthyThresholdCount ?? 5,
        unhealthyThreshold: row.UnhealthyThresholdCount ?? 2,
        matcher: row.Matcher?.HttpCode ?? '200',
      },
      targets: targetsOf(row),
      reach: (target) => locateTarget(region, balancer, target, folderOf),
    };
    return [{ region, group }];
  });
}
