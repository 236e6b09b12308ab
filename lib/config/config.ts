/** The complete configuration of a stack: the types follow from the schema, which documents the fields. */
import type { StackOutput } from './schema.ts';

/** The configuration file that is read by default. */
export const CONFIG_FILE = 'slipway.config.ts';

/** Where a stack runs. */
export type Target = 'sandbox' | 'aws';

/** An output of the schema, read-only at every depth. Its optional members are always present, but may be undefined. */
type Complete<Output> = Output extends readonly (infer Item)[]
  ? readonly Complete<Item>[]
  : Output extends object
    ? { readonly [Field in keyof Required<Output>]: Complete<Output[Field]> }
    : Output;

type StackFields = Complete<StackOutput>;
type ServiceFields = StackFields['services'][string];
type ContainerFields = ServiceFields['containers'][string];

type DomainFields = NonNullable<StackFields['domain']>;
type HealthFields = NonNullable<ContainerFields['health']>;

/** The way images are built from source folders. */
export type Builder = StackFields['builder'];
/** The DNS name of a stack. */
export type Domain = Omit<DomainFields, 'zoneId'> & Partial<Pick<DomainFields, 'zoneId'>>;
/** Returns all names of a stack, the main one first. */
export const namesOfDomain = ({ name, names }: Domain): string[] => [name, ...names];

/** Returns the ARNs of the existing certificates that a domain uses; empty if the stack requests one. */
export const givenCertificates = (domain: Domain | undefined): string[] =>
  domain?.https ? [domain.certificate ?? []].flat() : [];

/** The fields of a health check that concern the check inside the container. */
export type OwnHealthSetting = 'command' | 'startSeconds';

/** The health check of a container, by the load balancer and by ECS inside the task. */
export type HealthCheck = Omit<HealthFields, 'path' | 'matcher' | OwnHealthSetting> &
  Partial<Pick<HealthFields, OwnHealthSetting>> & { readonly path: string; readonly matcher: string };

/** Whether a container gets requests over HTTP/2. */
export const usesHttp2 = ({ protocol }: Pick<ContainerFields, 'protocol'>): boolean =>
  protocol === 'HTTP2' || protocol === 'GRPC';

/** The fields of a container that say how its image is built from its source. */
export type BuildField = 'entry' | 'dockerfile' | 'target' | 'context' | 'buildArgs';

/** The source of an image. */
export interface Source extends Partial<Pick<ContainerFields, BuildField>> {
  /** The absolute path of the folder. */
  readonly source: string;
  /** The absolute path of the build context, if it is another folder. */
  readonly context?: string | undefined;
}

/** The fields that limit a container or order its start. */
type ContainerSetting =
  'cpu' | 'memory' | 'memoryReservation' | 'dependsOn' | 'entryPoint' | 'ulimits' | 'writable' | 'release';

/** The fields that say how the load balancer chooses between the tasks of a container. */
type BalancingField = 'stickiness' | 'slowStartSeconds' | 'balancing';

/** The stickiness of a container. */
export interface Stickiness {
  /** How long a client stays with its task, in seconds. */
  readonly seconds: number;
  /** The cookie of the program that begins a session; without it, the load balancer sets a cookie for every client. */
  readonly cookie?: string | undefined;
}

/** One container of a service. */
export interface Container
  extends
    Omit<
      ContainerFields,
      | 'source'
      | 'image'
      | 'health'
      | 'path'
      | 'stripPath'
      | 'routes'
      | BuildField
      | ContainerSetting
      | BalancingField
    >,
    Partial<Pick<ContainerFields, ContainerSetting | 'slowStartSeconds' | 'balancing'>> {
  /** Its name in the configuration, e.g. `api1`. */
  readonly name: string;
  /** `<service>-<container>`: its name among all containers of the stack. */
  readonly key: string;
  /** The source of its image, or an image reference. */
  readonly image: Source | { readonly reference: string };
  /** Set if its image is built from a Dockerfile whose program is not Node's. */
  readonly lacksNode?: boolean;
  /** Set if its image is built from a Dockerfile whose base image has Node, but not on its PATH. */
  readonly hidesNode?: boolean;
  readonly health: HealthCheck;
  /** Set if a client stays with one task. */
  readonly stickiness?: Stickiness;
  /** Its first path, or a path of its first route; undefined if it has neither. */
  readonly path: string | undefined;
  /** All paths of the simple form, unless `path` is the only one. */
  readonly paths?: readonly string[];
  /** Whether the load balancer removes these paths from requests. */
  readonly stripPath?: boolean;
  readonly routes?: NonNullable<StackOutput['services'][string]['containers'][string]['routes']>;
}

/** A container behind the load balancer: it has a port and a path. */
export interface RoutedContainer extends Container {
  readonly port: number;
  readonly path: string;
}

type DeployFields = Exclude<ServiceFields['deploy'], string>;
type CanaryFields = NonNullable<DeployFields['canary']>;
type LinearFields = NonNullable<DeployFields['linear']>;

/** The deployment of a service: the strategy with its settings, and when ECS rolls back. */
export type Deploy = Pick<DeployFields, 'alarms' | 'circuitBreaker'> &
  (
    | { readonly strategy: 'rolling'; readonly bakeMinutes: number | undefined }
    | { readonly strategy: 'blueGreen'; readonly bakeMinutes: number }
    | ({ readonly strategy: 'canary' } & CanaryFields)
    | ({ readonly strategy: 'linear' } & LinearFields)
  );

/** One ECS service: one task definition, run `count` times. */
export interface Service
  extends
    Omit<ServiceFields, 'containers' | 'deploy' | 'architecture' | 'exec'>,
    Partial<Pick<ServiceFields, 'architecture' | 'exec'>> {
  readonly name: string;
  readonly deploy: Deploy;
  readonly containers: readonly Container[];
}

/** Where the access logs of the load balancer go. */
export interface AccessLogs {
  /** A bucket of the user; undefined for the stack's own. */
  readonly bucket?: string | undefined;
  readonly prefix?: string | undefined;
  /** Days that the logs are kept in the stack's own bucket. */
  readonly days?: number | undefined;
}

/** The configuration of a stack, checked and with every default filled in. */
export interface Config extends Omit<
  StackFields,
  'services' | 'domain' | 'routes' | 'accessLogs' | 'loadBalancer'
> {
  /** Undefined if the load balancer keeps no access logs. */
  readonly accessLogs?: AccessLogs | undefined;
  readonly domain: Domain | undefined;
  readonly stage: string;
  readonly loadBalancer?: StackFields['loadBalancer'];
  readonly routes?: StackOutput['routes'];
  readonly target: Target;
  readonly services: readonly Service[];
}

/** The containers of all services. */
export const containersOf = ({ services }: Config): Container[] =>
  services.flatMap(({ containers }) => containers);

/** Returns the configuration with only one of its services. */
export const withOnlyService = (config: Config, name: string | undefined): Config => ({
  ...config,
  services: config.services.filter((service) => service.name === name),
});

export const isRouted = (container: Container): container is RoutedContainer =>
  container.port !== undefined && container.path !== undefined;

/** Whether ECS shifts the requests of a service from one target group to another, as all strategies but `rolling` do. */
export const shiftsTraffic = ({ deploy, containers }: Service): boolean =>
  deploy.strategy !== 'rolling' && containers.some(isRouted);

/** The paths of the simple form that are routed to a container. */
export const pathsOf = ({ path, paths }: Pick<Container, 'path' | 'paths'>): readonly string[] =>
  paths ?? (path === undefined ? [] : [path]);

/** Whether the stack has a load balancer: only routes need one. */
export const hasBalancer = (config: Pick<Config, 'services' | 'routes'>): boolean =>
  (config.routes ?? []).length > 0 || config.services.some(({ containers }) => containers.some(isRouted));

/** The containers behind the load balancer, with the service each belongs to. */
export const routesOf = ({ services }: Config): { service: Service; container: RoutedContainer }[] =>
  services.flatMap((service) =>
    service.containers.filter(isRouted).map((container) => ({ service, container })),
  );
