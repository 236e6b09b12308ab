/** The world's tables by service: the regional ones, and those of the whole account. */
import { autoscalingStore } from '../aws/autoscaling/store.ts';
import { ec2Store } from '../aws/ec2/store.ts';
import { ecrStore } from '../aws/ecr/store.ts';
import { ecsStore } from '../aws/ecs/store.ts';
import { elbv2Store } from '../aws/elbv2/store.ts';
import { iamStore } from '../aws/iam/store.ts';
import { logsStore } from '../aws/logs/store.ts';
import { route53Store } from '../aws/route53/store.ts';
import type { Table } from './table.ts';

/** Creates the tables of one region, by service. */
export const regionalStores = () => ({
  ec2: ec2Store(),
  elbv2: elbv2Store(),
  ecs: ecsStore(),
  autoscaling: autoscalingStore(),
  ecr: ecrStore(),
  logs: logsStore(),
});
/** Creates the tables of the whole account: IAM and Route 53 have no regions. */
export const globalStores = () => ({ iam: iamStore(), route53: route53Store() });

export type RegionalStores = Readonly<ReturnType<typeof regionalStores>>;
export type GlobalStores = Readonly<ReturnType<typeof globalStores>>;

/** The tables of a service by kind, e.g. `vpcs`. */
export type Store = Readonly<Record<string, Table<object>>>;
/** Tables by service, e.g. `ec2`, and kind. */
export type Stores = Readonly<Record<string, Store>>;

const REGIONAL = Object.keys(regionalStores()) as (keyof RegionalStores)[];
const GLOBAL = Object.keys(globalStores()) as (keyof GlobalStores)[];

/** Returns the tables that belong to a single region. */
export const regionalStoresOf = (region: RegionalStores): Stores =>
  Object.fromEntries(REGIONAL.map((service) => [service, region[service]]));

/** Returns the tables that all regions share. */
export const globalStoresOf = (region: GlobalStores): Stores =>
  Object.fromEntries(GLOBAL.map((service) => [service, region[service]]));

/** Returns all tables that are visible in a region. */
export const storesOf = (region: RegionalStores & GlobalStores): Stores => ({
  ...regionalStoresOf(region),
  ...globalStoresOf(region),
});

/** Returns the tables of all services. */
export const tablesOf = (stores: Stores): Table<object>[] =>
  Object.values(stores).flatMap((store) => Object.values(store));
