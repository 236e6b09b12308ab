/** Serves every active load balancer in the world: one local port per listener, and health checks for the groups in use. */
import type { ListenerRow, LoadBalancerRow } from '../aws/elbv2/store.ts';
import { targetKey } from '../aws/elbv2/target-health.ts';
import { setTargetHealth } from '../aws/elbv2/targets.ts';
import { listenersOf, rulesOf } from '../aws/elbv2/usage.ts';
import { webAclOf } from '../aws/wafv2/associations.ts';
import { startHealthChecker } from '../balancer/health-checker.ts';
import { openListener, type OpenListener } from '../balancer/listener.ts';
import type { ListenerView } from '../balancer/view.ts';
import { makeInspector, type Inspector } from '../balancer/web-acl.ts';
import type { Region } from '../world/region.ts';
import type { World } from '../world/world.ts';
import { makeAccessLogs, type AccessLogDelivery } from './access-logs.ts';
import { tlsViewOf } from './certificates.ts';
import { checkedGroups, protocolOf, targetsOf, versionOf } from './checked-groups.ts';
import { makeLookupCache, type LookupCache } from './lookup-cache.ts';
import { checkBalancerIngress, locateTarget } from './reachability.ts';

export interface BalancerOptions {
  /** Returns the folder of a deployed task, whose health is checked. */
  readonly folderOf: (taskArn: string) => string;
  /** Returns the folder of the task that receives the requests of a deployed task: by default, of that task itself. */
  readonly servingFolderOf?: (taskArn: string) => string;
  /** The local port for listeners on port 80. If it is 0, every listener takes any free port. */
  readonly httpPort: number;
  /** Counts a request that was forwarded to a target group. */
  readonly countRequest: (targetGroupArn: string) => void;
  /** Records a request to a target, which is given by its key in the agenda; returns a function that records its end. */
  readonly openRequest: (targetKey: string) => () => void;
  /** Returns the number of open requests to a target. */
  readonly countOpen: (targetKey: string) => number;
  /** Receives an error when a listener cannot be served. */
  readonly reportError: (error: unknown) => void;
}

/** The served load balancers. */
export interface Balancers {
  /** The local port of a listener; undefined until it is open. */
  portOf(listenerArn: string): number | undefined;
  close(): Promise<void>;
}

const AWS_HTTP_PORT = 80;
/** The maximum number of consecutive ports to try. */
const MAX_PORTS_TRIED = 100;

/**
 * How long the rules of a listener and the port of a target are remembered while the world does not change. A program can open
 * and close its ports without a change of the world.
 */
const MAX_LOOKUP_AGE_MS = 20;

/** Serves the load balancers of a world, and follows the world's changes until `close` is called. */
export function serveBalancers(world: World, options: BalancerOptions): Balancers {
  const { folderOf, httpPort, reportError } = options;
  const openListeners = new Map<string, { readonly server: OpenListener; readonly place: string }>();
  const failedListeners = new Set<string>();
  const lookups = makeLookupCache(MAX_LOOKUP_AGE_MS);
  const accessLogs = makeAccessLogs(world);
  const inspector = makeInspector((arn) =>
    world.regions().flatMap((region) => region.wafv2.ipSets.get(arn)?.ipSet.Addresses ?? []),
  );

  const allCheckedGroups = () => world.regions().flatMap((region) => checkedGroups(region, folderOf));
  const regionOfGroup = new Map<string, Region>();
  const checker = startHealthChecker({
    groups: () => {
      const all = allCheckedGroups();
      for (const { region, group } of all) regionOfGroup.set(group.arn, region);
      return all.map(({ group }) => group);
    },
    report: (arn, target, { state, reason, description }) => {
      const region = regionOfGroup.get(arn);
      const health = { State: state, Reason: reason, Description: description };
      if (region) setTargetHealth(region, arn, target.id, target.port, health);
    },
  });

  const activeListeners = () =>
    new Map(
      world.regions().flatMap((region) =>
        region.elbv2.listeners.all().flatMap((listener) => {
          const balancer = region.elbv2.loadBalancers.get(listener.LoadBalancerArn);
          const isActive = balancer?.State?.Code === 'active';
          return isActive ? [[listener.ListenerArn, { region, listener, balancer }] as const] : [];
        }),
      ),
    );

  /** The last sync that was started. Each sync waits for the previous one, so that two listeners never try the same port. */
  let lastSync: Promise<void> = Promise.resolve();
  let isSyncQueued = false;
  const sync = async (): Promise<void> => {
    isSyncQueued = false;
    const listeners = activeListeners();
    for (const [arn, { server, place }] of openListeners) {
      if (placeOf(listeners.get(arn)?.listener) === place) continue;
      openListeners.delete(arn);
      await server.close();
    }
    for (const [arn, { region, listener, balancer }] of listeners) {
      if (openListeners.has(arn) || failedListeners.has(arn)) continue;
      const localPortOf = (other: string) => openListeners.get(other)?.server.port;
      const view = viewOf(region, listener, balancer, {
        ...options,
        lookups,
        inspector,
        localPortOf,
        accessLogs,
      });
      const server = await openOnFreePort(view, listener, httpPort);
      if (!server) {
        failedListeners.add(arn);
        reportError(new Error(`There is no free port on this machine for ${arn}`));
      } else {
        openListeners.set(arn, { server, place: placeOf(listener) });
        listener.localPort = server.port;
      }
    }
  };
  const stopFollowing = world.onChange(() => {
    lookups.clear();
    checker.refresh();
    for (const { server } of openListeners.values()) server.closeUnusedConnections();
    if (isSyncQueued) return;
    isSyncQueued = true;
    lastSync = lastSync.then(sync).catch(reportError);
  });
  lastSync = lastSync.then(sync).catch(reportError);

  return {
    portOf: (arn) => openListeners.get(arn)?.server.port,
    async close() {
      stopFollowing();
      await lastSync;
      await checker.stop();
      await Promise.all([...openListeners.values()].map(({ server }) => server.close()));
      accessLogs.close();
    },
  };
}

/** What a server is opened for: a change needs another server. */
const placeOf = (listener: ListenerRow | undefined): string => `${listener?.Protocol} ${listener?.Port}`;

/** Opens a listener on its previous port, or on its usual port if it is new. If the port is in use, tries the next ones. */
async function openOnFreePort(
  view: ListenerView,
  { Port, localPort }: ListenerRow,
  httpPort: number,
): Promise<OpenListener | undefined> {
  const usualPort = Port === AWS_HTTP_PORT ? httpPort : Port < 1024 ? Port + 8000 : Port;
  const firstPort = localPort ?? usualPort;
  const ports =
    httpPort === 0
      ? [0]
      : Array.from({ length: MAX_PORTS_TRIED }, (_, index) => firstPort + index).filter(
          (port) => port < 65_536,
        );
  for (const port of ports) {
    try {
      return await openListener(view, { port });
    } catch (error) {
      // The port is in use, or it is below 1024 and not permitted.
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
  options: BalancerOptions & {
    readonly lookups: LookupCache;
    readonly inspector: Inspector;
    readonly localPortOf: (listenerArn: string) => number | undefined;
    readonly accessLogs: AccessLogDelivery;
  },
): ListenerView {
  const { folderOf, servingFolderOf = folderOf, countRequest, openRequest, countOpen } = options;
  const { lookups, inspector, localPortOf, accessLogs } = options;
  return {
    port: Port,
    tls: () => tlsViewOf(region, ListenerArn),
    localPort: (port) =>
      listenersOf(region, balancer.LoadBalancerArn)
        .filter((other) => other.Port === port)
        .map((other) => localPortOf(other.ListenerArn))[0],
    isReachable: () => checkBalancerIngress(region, balancer, Port) === 'open',
    rules: () => lookups.get(ListenerArn, () => rulesOf(region, ListenerArn)),
    admits: (request) => {
      const webAcl = webAclOf(region, balancer.LoadBalancerArn);
      return webAcl === undefined || inspector.allows(webAcl.webAcl, request, region.now());
    },
    attribute: (key) => balancer.attributes[key],
    groupAttribute: (arn, key) => region.elbv2.targetGroups.get(arn)?.attributes[key],
    openRequestsAt: (arn, { id, port }) => countOpen(targetKey(arn, id, port)),
    cookieSecret: balancer.LoadBalancerArn,
    now: () => region.now().getTime(),
    targets: (arn) => targetsOf(region, region.elbv2.targetGroups.get(arn)),
    protocolVersion: (arn) => versionOf(region.elbv2.targetGroups.get(arn)?.ProtocolVersion),
    protocol: (arn) => protocolOf(region.elbv2.targetGroups.get(arn)?.Protocol),
    reach: (target) => {
      const key = `${balancer.LoadBalancerArn} ${target.id}:${target.port}`;
      return Promise.resolve(lookups.get(key, () => locateTarget(region, balancer, target, servingFolderOf)));
    },
    accessLog: () => accessLogs.sinkFor(region, balancer),
    countRequest,
    openRequest: (arn, { id, port }) => openRequest(targetKey(arn, id, port)),
  };
}
