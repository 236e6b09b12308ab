/** One region of the world as an operation sees it: the tables, the clock, and ways to make ids and to arrange the future. */
import type { Plane } from '../data-plane.ts';
import type { Duration } from './durations.ts';
import type { Blobs } from './blobs.ts';
import type { GlobalStores, RegionalStores } from './stores.ts';

/** Something that others hear of late, if the weather is so. */
export interface Propagation {
  /** The knob that says how late. */
  readonly lag: 'idLagMs' | 'iamLagMs';
  /** What it is about. */
  readonly id: string;
  /** Who is to hear of it, e.g. `ecs RegisterTaskDefinition`: each at a time of its own. */
  readonly consumer: string;
  /** When it happened. */
  readonly changedAt: Date;
}

/** A region of the world. Operations are functions on it. */
export interface Region extends RegionalStores, GlobalStores {
  /** E.g. `eu-west-1`. */
  readonly name: string;
  /** The twelve digits of the account. */
  readonly account: string;
  /** The bytes of images: kept apart, since they are large. */
  readonly blobs: Blobs;
  /** What runs tasks and checks targets. */
  readonly plane: Plane;
  /** What time it is. */
  now(): Date;
  /** A new id such as `vpc-0a1b2c3d4e5f60718`: the prefix, and `length` hexadecimal digits (17 unless told). */
  id(prefix: string, length?: number): string;
  /** A new UUID. */
  uuid(): string;
  /** `arn:aws:<service>:<region>:<account>:<resource>`. */
  arn(service: string, resource: string): string;
  /** Milliseconds of the sandbox's time that AWS time takes at this world's pace: 0 when it is instant. */
  scaled(ms: number): number;
  /** When somebody has heard of something, in milliseconds since 1970: at once, in calm weather. */
  visibleAt(propagation: Propagation): number;
  /** Lets `event` happen to `subject` after a duration of the table, or after milliseconds of AWS time. */
  after(duration: Duration | number, event: string, subject: string): void;
  /** Takes that back. */
  forget(event: string, subject: string): void;
  /** Says that something changed outside of a call, e.g. a task that exited: the data plane looks again, the state is saved. */
  changed(): void;
}

/** What happens later, by the name of the event: `ec2:nat-gateway-available` and the like. */
export type Events = Readonly<Record<string, (region: Region, subject: string) => void>>;
