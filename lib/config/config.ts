/** The configuration of a stack once it is checked and complete: every default filled in. */

/** The file that is read unless another is named. */
export const CONFIG_FILE = 'slipway.config.ts';

/** Where a stack lives. */
export type Target = 'sandbox' | 'aws';
/** What a container speaks on its port. */
export type Protocol = 'HTTP' | 'HTTPS';
/** How an image is made from a source folder. */
export type Builder = 'auto' | 'bundle' | 'docker';

/** How the load balancer, and ECS inside the task, find out whether a container is well. */
export interface HealthCheck {
  /** The path that is asked, with its leading slash. */
  readonly path: string;
  /** Seconds between two checks, 5 to 300. */
  readonly intervalSeconds: number;
  /** Seconds that an answer may take, 2 to 120 and less than the interval. */
  readonly timeoutSeconds: number;
  /** Good checks in a row after which an unhealthy target is healthy again, 2 to 10. */
  readonly healthyThreshold: number;
  /** Bad checks in a row after which a healthy target is unhealthy, 2 to 10. */
  readonly unhealthyThreshold: number;
  /** Status codes that are good, as the load balancer writes them: `200`, `200,204`, `200-299`. */
  readonly matcher: string;
}

/** One container of a service. */
export interface Container {
  /** Its name in the configuration, e.g. `api1`. */
  readonly name: string;
  /** `<service>-<container>`: its name among all containers of the stack. */
  readonly key: string;
  /** Where its image comes from: a folder with its source (absolute), or a reference. */
  readonly image: { readonly source: string } | { readonly reference: string };
  /** The port it listens on. A container without one serves nothing. */
  readonly port: number | undefined;
  /** The path that is routed to it, e.g. `/api1`. A container without one is not routed. */
  readonly path: string | undefined;
  /** What it speaks on its port, to the load balancer and to its own health check; certificates are not checked. */
  readonly protocol: Protocol;
  readonly health: HealthCheck;
  /** Plain environment variables. */
  readonly environment: Readonly<Record<string, string>>;
  /** The command in place of the image's own. */
  readonly command: readonly string[] | undefined;
  /** Whether the task stops when this container does. */
  readonly essential: boolean;
  /** Whether it runs with a read-only root file system. */
  readonly readOnlyRoot: boolean;
  /** The user it runs as, e.g. `1000:1000`; the image's own when undefined. */
  readonly user: string | undefined;
  /** Seconds between SIGTERM and SIGKILL, 2 to 120. */
  readonly stopSeconds: number;
}

/** A container that is routed: it has a port and a path. */
export interface RoutedContainer extends Container {
  readonly port: number;
  readonly path: string;
}

/** One ECS service: one task definition, run `count` times. */
export interface Service {
  readonly name: string;
  /** CPU units: 256 is a quarter of a virtual CPU. */
  readonly cpu: number;
  /** MiB. */
  readonly memory: number;
  /** Tasks. */
  readonly count: number;
  /** Seconds after a task's start in which failing health checks do not count. */
  readonly graceSeconds: number;
  readonly containers: readonly Container[];
}

/** The DNS name of the stack. */
export interface Domain {
  /** E.g. `api.example.com`, without a trailing dot. */
  readonly name: string;
  /** The hosted zone it lies in, e.g. `example.com`. */
  readonly zone: string;
  /** Whether the stack creates the zone and owns it; otherwise the account's own is used. */
  readonly createZone: boolean;
}

/** A complete configuration. */
export interface Config {
  readonly name: string;
  readonly stage: string;
  readonly target: Target;
  readonly region: string;
  readonly domain: Domain | undefined;
  readonly network: {
    /** The block of the VPC, e.g. `10.0.0.0/16`. */
    readonly cidr: string;
    /** In how many availability zones, 2 to 6. */
    readonly zones: number;
  };
  /** Days that log events are kept, one of those that CloudWatch Logs allows. */
  readonly logRetentionDays: number;
  /** Seconds that the load balancer keeps an idle connection, 1 to 4000. */
  readonly idleTimeoutSeconds: number;
  /** Seconds that a target leaving the load balancer may finish its requests in, 0 to 3600. */
  readonly deregistrationDelaySeconds: number;
  readonly builder: Builder;
  /** The user's own tags, put on everything that can be tagged. */
  readonly tags: Readonly<Record<string, string>>;
  readonly services: readonly Service[];
}

/** The containers of all services. */
export const containersOf = ({ services }: Config): Container[] =>
  services.flatMap(({ containers }) => containers);

export const isRouted = (container: Container): container is RoutedContainer =>
  container.port !== undefined && container.path !== undefined;

/** The containers behind the load balancer, with the service each belongs to. */
export const routesOf = ({ services }: Config): { service: Service; container: RoutedContainer }[] =>
  services.flatMap((service) =>
    service.containers.filter(isRouted).map((container) => ({ service, container })),
  );
