/** One region of the world as operations see it: its tables, the clock, new IDs and scheduled events. */
import type { CertificateAuthority } from '../certificates/authority.ts';
import type { DataPlane } from '../data-plane/data-plane.ts';
import type { Duration } from './durations.ts';
import type { Blobs } from './blobs.ts';
import type { AwsPartition } from './partitions.ts';
import type { GlobalStores, RegionalStores } from './stores.ts';

/** A change that consumers may see with a delay, depending on the weather. */
export interface Propagation {
  /** The weather setting that is the maximum delay. */
  readonly lag: 'idLagMs' | 'iamLagMs';
  /** The ID of the changed resource. */
  readonly id: string;
  /** The consumer, e.g. `ecs RegisterTaskDefinition`; each has its own delay. */
  readonly consumer: string;
  /** The time of the change. */
  readonly changedAt: Date;
}

/** A region of the world. Operations are functions on it. */
export interface Region extends RegionalStores, GlobalStores {
  /** E.g. `eu-west-1`. */
  readonly name: string;
  /** The partition that contains the region. */
  readonly partition: AwsPartition;
  /** The twelve digits of the account. */
  readonly account: string;
  /** The bytes of images, stored separately since they are large. */
  readonly blobs: Blobs;
  /** Returns the port of the sandbox's endpoint; undefined while no server listens. */
  port(): number | undefined;
  /** Returns the authority that issues certificates. */
  authority(): CertificateAuthority;
  /** Runs tasks and checks targets. */
  readonly plane: DataPlane;
  /** Returns the current time. */
  now(): Date;
  /** Returns a new ID such as `vpc-0a1b2c3d4e5f60718`: the prefix and `length` hexadecimal digits, by default 17. */
  id(prefix: string, length?: number): string;
  /** Returns a new UUID. */
  uuid(): string;
  /** `arn:<partition>:<service>:<region>:<account>:<resource>`. */
  arn(service: string, resource: string): string;
  /** `arn:<partition>:iam::<account>:<resource>`: IAM has no regions. */
  iamArn(resource: string): string;
  /** Converts milliseconds of AWS time to milliseconds of the sandbox's clock; 0 at the pace `instant`. */
  scaled(ms: number): number;
  /** Returns the time at which a consumer sees a change, in milliseconds since 1970. In calm weather there is no delay. */
  visibleAt(propagation: Propagation): number;
  /**
   * Schedules `event` for `subject` after a named duration, or after a number of milliseconds of AWS time.
   * @param minimumMs the shortest time at any pace, in milliseconds of the sandbox's clock; 0 by default
   */
  after(duration: Duration | number, event: string, subject: string, minimumMs?: number): void;
  /** Cancels a scheduled event. */
  forget(event: string, subject: string): void;
  /**
   * Reports a change outside a call, e.g. a task that exited, so that the data plane follows it and the state is saved.
   */
  changed(): void;
}

/** Handlers of scheduled events by name, e.g. `ec2:nat-gateway-available`. */
export type Events = Readonly<Record<string, (region: Region, subject: string) => void>>;
