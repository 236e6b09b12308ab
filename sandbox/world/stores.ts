/** The world's tables by service. Some belong to a region, and others to the whole account. */
import { acmStore } from '../aws/acm/store.ts';
import { autoscalingStore } from '../aws/autoscaling/store.ts';
import { cloudwatchStore } from '../aws/cloudwatch/store.ts';
import { ec2Store } from '../aws/ec2/store.ts';
import { ecrStore } from '../aws/ecr/store.ts';
import { ecsStore } from '../aws/ecs/store.ts';
import { elbv2Store } from '../aws/elbv2/store.ts';
import { iamStore } from '../aws/iam/store.ts';
import { logsStore } from '../aws/logs/store.ts';
import { route53Store } from '../aws/route53/store.ts';
import { s3Store } from '../aws/s3/store.ts';
import { secretsManagerStore } from '../aws/secretsmanager/store.ts';
import { ssmStore } from '../aws/ssm/store.ts';
import { stsStore } from '../aws/sts/store.ts';
import { wafv2Store } from '../aws/wafv2/store.ts';
import type { Table } from './table.ts';

/** Creates the tables of one region, by service. */
export const makeRegionalStores = () => ({
  ec2: ec2Store(),
  elbv2: elbv2Store(),
  ecs: ecsStore(),
  autoscaling: autoscalingStore(),
  cloudwatch: cloudwatchStore(),
  ecr: ecrStore(),
  logs: logsStore(),
  ssm: ssmStore(),
  secretsmanager: secretsManagerStore(),
  acm: acmStore(),
  wafv2: wafv2Store(),
});
/**
 * Creates the tables of the whole account: IAM and Route 53 have no regions, credentials are valid in all of them, and the names
 * of buckets are unique across them.
 */
export const makeGlobalStores = () => ({
  iam: iamStore(),
  route53: route53Store(),
  sts: stsStore(),
  s3: s3Store(),
});

export type RegionalStores = Readonly<ReturnType<typeof makeRegionalStores>>;
export type GlobalStores = Readonly<ReturnType<typeof makeGlobalStores>>;

/** The tables of a service by kind, e.g. `vpcs`. */
export type Store = Readonly<Record<string, Table<object>>>;
/** The tables of several services, by service, e.g. `ec2`. */
export type Stores = Readonly<Record<string, Store>>;

const REGIONAL_SERVICES = Object.keys(makeRegionalStores()) as (keyof RegionalStores)[];
const GLOBAL_SERVICES = Object.keys(makeGlobalStores()) as (keyof GlobalStores)[];

/** Selects the tables that belong to one region, such as those of a `Region`. */
export const regionalStoresOf = (stores: RegionalStores): Stores =>
  Object.fromEntries(REGIONAL_SERVICES.map((service) => [service, stores[service]]));

/** Selects the tables that all regions share. */
export const globalStoresOf = (stores: GlobalStores): Stores =>
  Object.fromEntries(GLOBAL_SERVICES.map((service) => [service, stores[service]]));

/** Returns all tables that are visible in a region. */
export const storesOf = (stores: RegionalStores & GlobalStores): Stores => ({
  ...regionalStoresOf(stores),
  ...globalStoresOf(stores),
});

/** Returns the tables of all services. */
export const tablesOf = (stores: Stores): Table<object>[] =>
  Object.values(stores).flatMap((store) => Object.values(store));
