/** The types of everything that a survey can find, derived from the return types of the looks. */
import type { Tags } from '../derive/tags.ts';
import type { AwsService, Ids, Noun, ServiceOf } from '../model/architecture.ts';
import type { Items } from '../model/resources.ts';
import type { FoundAlarm } from './alarms.ts';
import type { LookContext } from './context.ts';
import type { DomainSurroundings } from './domain.ts';
import type * as acm from './by-service/acm.ts';
import type { FoundIdentity } from './identities.ts';
import type { FoundBucket } from './log-destination.ts';
import type { FoundSecret } from './secrets.ts';
import type { FoundWebAcl } from './web-acl.ts';
import type { FoundSharedBalancer } from './shared-balancer.ts';
import type * as ec2 from './by-service/ec2.ts';
import type * as ecr from './by-service/ecr.ts';
import type * as ecs from './by-service/ecs.ts';
import type * as elbv2 from './by-service/elbv2.ts';
import type * as iam from './by-service/iam.ts';
import type * as logs from './by-service/logs.ts';
import type * as route53 from './by-service/route53.ts';
import type * as s3 from './by-service/s3.ts';

interface Looks {
  acm: typeof acm;
  ec2: typeof ec2;
  ecr: typeof ecr;
  ecs: typeof ecs;
  elbv2: typeof elbv2;
  iam: typeof iam;
  logs: typeof logs;
  route53: typeof route53;
  s3: typeof s3;
}

/** The nouns of a service. */
export type NounsOf<S extends AwsService> = { [N in Noun]: ServiceOf<N> extends S ? N : never }[Noun];

/** The looks that the module of a service exports, under the names of their nouns. */
export type LooksOf<S extends AwsService> = {
  readonly [N in NounsOf<S>]: (context: LookContext) => Promise<Items<{ readonly tags: Tags }>>;
};

type LookOf<N extends Noun> = N extends keyof Looks[ServiceOf<N>] ? Looks[ServiceOf<N>][N] : never;

/**
 * The type of a found resource of each noun. A noun without a look gets a placeholder type, so that the compiler reports only the
 * missing look.
 */
export type Found = {
  [N in Noun]: [LookOf<N>] extends [never]
    ? Ids[N] & { readonly tags: Tags }
    : LookOf<N> extends (...args: never[]) => Promise<Items<infer Resource>>
      ? Resource
      : never;
};

/** The found resources of each noun, the availability zones of the region, and the surroundings of the domain in DNS. */
export type Survey = { readonly [N in Noun]: Items<Found[N]> } & {
  readonly zones: readonly string[];
  /** Undefined without a domain. */
  readonly domain?: DomainSurroundings | undefined;
  /** The load balancer of someone else; undefined if the configuration names none. */
  readonly shared?: FoundSharedBalancer | undefined;
  /** The CloudWatch alarms that the configuration names, by name; undefined if it names none. */
  readonly alarms?: Items<FoundAlarm> | undefined;
  /** The secrets that the configuration names, under their references; undefined if it names none. */
  readonly secrets?: Items<FoundSecret> | undefined;
  /** The roles and policies of others that the configuration names, by ARN; undefined if it names none. */
  readonly identities?: Items<FoundIdentity> | undefined;
  /** The user's bucket that the configuration names for access logs; undefined if it names none. */
  readonly logBucketOfUser?: FoundBucket | undefined;
  /** The web ACL that the configuration names; undefined if it names none. */
  readonly webAcl?: FoundWebAcl | undefined;
};

/** Returns the found resources of a noun that is not known at compile time. */
export const itemsOf = <N extends Noun>(found: Survey, noun: N): Items<Found[N]> =>
  (found as { readonly [M in Noun]: Items<Found[M]> })[noun];
