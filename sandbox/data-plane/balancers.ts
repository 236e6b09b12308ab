/** Serves every active load balancer in the world: one local port per listener, and health checks for the groups in use. */
import type { ListenerRow, LoadBalancerRow } from '../aws/elbv2/store.ts';
import { targetKey } from '../aws/elbv2/target-health.ts';
import { setTargetHealth } from '../aws/elbv2/targets.ts';
import { listenersOf, rulesOf } from '../aws/elbv2/usage.ts';
import { webAclOf } from '../aws/wafv2/associations.ts';
import { startHealthChecker } from '../balancer/health-checker.ts';
import type { OpenListener } from '../balancer/listener.ts';
import type { ListenerView } from '../balancer/view.ts';
import { makeInspector, type Inspector } from '../balancer/web-acl.ts';
import type { Region } from '../world/region.ts';
import type { World } from '../world/world.ts';
import { makeAccessLogs, type AccessLogDelivery } from './access-logs.ts';
import { tlsViewOf } from './certificates.ts';
import { checkedGroups, protocolOf, targetsOf, versionOf } from './checked-groups.ts';
import { HOSTS, openOnFreePort, type Family } from './listener-ports.ts';
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
  /** The local port of a listener; undefined until it is open. For IPv6, only a dualstack load balancer has one. */
  portOf(listenerArn: string, family?: Family): number | undefined;
  close(): Promise<void>;
}

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
          if (balancer?.State?.Code !== 'active') return [];
          const families: Family[] = balancer.IpAddressType === 'dualstack' ? ['ipv4', 'ipv6'] : ['ipv4'];
          return families.map(
            (family) =>
              [keyOf(listener.ListenerArn, family), { region, listener, balancer, family }] as const,
          );
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
    for (const [arn, { region, listener, balancer, family }] of listeners) {
      if (openListeners.has(arn) || failedListeners.has(arn)) continue;
      const localPortOf = (other: string) => openListeners.get(keyOf(other, family))?.server.port;
      const view = viewOf(region, listener, balancer, {
        ...options,
        lookups,
        inspector,
        family,
        localPortOf,
        accessLogs,
      });
      const server = await openOnFreePort(view, listener, httpPort, family);
      if (!server) {
        failedListeners.add(arn);
        reportError(new Error(`There is no free port on ${HOSTS[family]} for ${arn}`));
      } else {
        openListeners.set(arn, { server, place: placeOf(listener) });
        if (family === 'ipv4') listener.localPort = server.port;
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
    portOf: (arn, family = 'ipv4') => openListeners.get(keyOf(arn, family))?.server.port,
    async close() {
      stopFollowing();
      await lastSync;
      await checker.stop();
      await Promise.all([...openListeners.values()].map(({ server }) => server.close()));
      accessLogs.close();
    },
  };
}

const keyOf = (listenerArn: string, family: Family): string => `${listenerArn} ${family}`;

/** What a server is opened for: a change needs another server. */
const placeOf = (listener: ListenerRow | undefined): string => `${listener?.Protocol} ${listener?.Port}`;

function viewOf(
  region: Region,
  { ListenerArn, Port }: ListenerRow,
  balancer: LoadBalancerRow,
  options: BalancerOptions & {
    readonly lookups: LookupCache;
    readonly inspector: Inspector;
    readonly family: Family;
    readonly localPortOf: (listenerArn: string) => number | undefined;
    readonly accessLogs: AccessLogDelivery;
  },
): ListenerView {
  const { folderOf, servingFolderOf = folderOf, countRequest, openRequest, countOpen } = options;
  const { lookups, inspector, family, localPortOf, accessLogs } = options;
  return {
    port: Port,
    tls: () => tlsViewOf(region, ListenerArn),
    localPort: (port) =>
      listenersOf(region, balancer.LoadBalancerArn)
        .filter((other) => other.Port === port)
        .map((other) => localPortOf(other.ListenerArn))[0],
    isReachable: () => checkBalancerIngress(region, balancer, Port, family) === 'open',
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
