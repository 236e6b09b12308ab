/** One region of the world as an operation sees it: the tables, the clock, and ways to make ids and to arrange the future. */
import { autoscalingStore, type AutoscalingStore } from '../aws/autoscaling/store.ts';
import { ec2Store, type Ec2Store } from '../aws/ec2/store.ts';
import { elbv2Store, type Elbv2Store } from '../aws/elbv2/store.ts';
import { ecsStore, type EcsStore } from '../aws/ecs/store.ts';
import { ecrStore, type EcrStore } from '../aws/ecr/store.ts';
import { logsStore, type LogsStore } from '../aws/logs/store.ts';
import { iamStore, type IamStore } from '../aws/iam/store.ts';
import { route53Store, type Route53Store } from '../aws/route53/store.ts';
import type { DataPlane } from '../data-plane/data-plane.ts';
import type { Duration } from './durations.ts';
import type { Blobs } from './blobs.ts';

/** The tables of one region, by service. */
export const regionalStores = () => ({
  ec2: ec2Store(),
  elbv2: elbv2Store(),
  ecs: ecsStore(),
  autoscaling: autoscalingStore(),
  ecr: ecrStore(),
  logs: logsStore(),
});
/** The tables of the whole account: IAM and Route 53 know no regions. */
export const globalStores = () => ({ iam: iamStore(), route53: route53Store() });

/** Something that others hear of late, if the weather is so. */
export interface Word {
  /** The knob that says how late. */
  readonly knob: 'idLagMs' | 'iamLagMs';
  /** What it is about. */
  readonly id: string;
  /** Who is to hear of it, e.g. `ecs RegisterTaskDefinition`: each at a time of its own. */
  readonly by: string;
  /** When it happened. */
  readonly since: Date;
}

/** A region of the world. Operations are functions on it. */
export interface Region {
  /** E.g. `eu-west-1`. */
  readonly name: string;
  /** The twelve digits of the account. */
  readonly account: string;
  readonly ec2: Ec2Store;
  readonly elbv2: Elbv2Store;
  readonly ecs: EcsStore;
  readonly autoscaling: AutoscalingStore;
  readonly ecr: EcrStore;
  readonly logs: LogsStore;
  readonly iam: IamStore;
  readonly route53: Route53Store;
  /** The bytes of images: kept apart, since they are large. */
  readonly blobs: Blobs;
  /** What runs tasks and checks targets. */
  readonly plane: DataPlane;
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
  reaches(word: Word): number;
  /** Lets `event` happen to `subject` after a duration of the table, or after milliseconds of AWS time. */
  after(duration: Duration | number, event: string, subject: string): void;
  /** Takes that back. */
  forget(event: string, subject: string): void;
  /** Says that something changed outside of a call, e.g. a task that exited: the data plane looks again, the state is saved. */
  changed(): void;
}

/** What happens later, by the name of the event: `ec2:nat-gateway-available` and the like. */
export type Events = Readonly<Record<string, (region: Region, subject: string) => void>>;
