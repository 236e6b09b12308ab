/** Finds our target groups by the prefix of their names, and by their tags. */
import {
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  type TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { shiftsTraffic } from '../config/config.ts';
import { cachedFor, perClient } from '../aws/batched-calls.ts';
import type { Aws } from '../aws/clients.ts';
import { allPages } from '../aws/pages.ts';
import type { Clock } from '../model/clock.ts';
import type { Ids } from '../model/architecture.ts';
import type { Items } from '../model/resources.ts';
import { healthCheckOfGroup, protocolOfGroup, type TargetHealthCheck } from '../derive/health-check.ts';
import { KEY_TAG, STACK_TAG, type Tags } from '../derive/tags.ts';
import { desiredTargetGroups } from '../derive/target-group-pairs.ts';
import { elbTags } from './elb-tags.ts';
import { ifFound } from './if-found.ts';
import { attributesOf } from './load-balancer.ts';
import { isRecordedWithoutTags } from './recorded.ts';
import type { LookContext } from './context.ts';

export interface FoundTargetGroup extends Readonly<Ids['targetGroups']> {
  readonly name: string;
  readonly vpcId: string;
  readonly port: number;
  /** The protocol of requests to its targets: `HTTP`, `HTTPS`, `HTTP2` or `GRPC`. */
  readonly protocol: string;
  readonly health: TargetHealthCheck;
  /** The load balancers whose rules name the group. */
  readonly loadBalancerArns: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: Tags;
}

const listTargetGroups = (aws: Aws): Promise<TargetGroup[]> =>
  allPages(async (Marker) => {
    const { TargetGroups = [], NextMarker } = await aws.elbv2(
      new DescribeTargetGroupsCommand({ Marker, PageSize: 400 }),
    );
    return { items: TargetGroups, next: NextMarker };
  });

/** The maximum age, in milliseconds, of a list that concurrent removals share. */
const MAX_AGE_MS = 1000;

const recentLists = perClient((aws: Aws) => cachedFor(MAX_AGE_MS, () => listTargetGroups(aws)));

/**
 * Fetches the load balancers that use a group. For all removals of groups together, the list is fetched at most once per second.
 */
export async function balancersUsing(
  { aws, clock }: { readonly aws: Aws; readonly clock: Clock },
  targetGroupArn: string,
): Promise<readonly string[]> {
  const groups = await recentLists(aws)(clock);
  return groups.find(({ TargetGroupArn }) => TargetGroupArn === targetGroupArn)?.LoadBalancerArns ?? [];
}

/**
 * Groups are matched by name, since the name of a group depends on every setting that cannot be changed later. A call that
 * describes groups by name fails completely if one of them is missing, so the whole list is read, 400 groups per page.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetGroups.html
 */
export async function lookTargetGroups(context: LookContext): Promise<Items<FoundTargetGroup>> {
  const { aws, names } = context;
  const listed = await listTargetGroups(aws);
  const candidates = listed.filter(({ TargetGroupName = '' }) =>
    TargetGroupName.startsWith(`${names.stack}-`),
  );
  const [tags, attributes] = await Promise.all([
    elbTags(
      aws,
      candidates.map(({ TargetGroupArn = '' }) => TargetGroupArn),
    ),
    Promise.all(candidates.map((group) => attributesOfGroup(context, group))),
  ]);
  const keys = keysByName(context, candidates, tags);
  return new Map(
    candidates.flatMap((group, index) => {
      const groupTags = tags.get(group.TargetGroupArn ?? '');
      const settings = attributes[index];
      const name = group.TargetGroupName ?? '';
      if (!groupTags || !settings) return [];
      // Someone else's group only matters if it has a name that we need.
      const isOurs =
        groupTags[STACK_TAG] === names.stack ||
        isRecordedWithoutTags(context, 'targetGroups', groupTags, group.TargetGroupArn);
      if (!isOurs && !keys.has(name)) return [];
      // If our group has a name that is no longer desired, the key is that name, so that the group will be removed.
      return [[keys.get(name) ?? name, read(group, settings, groupTags)] as const];
    }),
  );
}

/**
 * Returns the keys of the groups that the configuration asks for, under the names of the groups. A service that shifts requests
 * keeps its groups when its port changes: ECS registers every task with the port that this task has. So a group with the tags of
 * a desired group, and with its protocol, takes the place of a missing one.
 */
function keysByName(
  { config, names }: LookContext,
  candidates: readonly TargetGroup[],
  tags: Awaited<ReturnType<typeof elbTags>>,
): ReadonlyMap<string, string> {
  const desired = desiredTargetGroups(config, names);
  const existingNames = new Set(candidates.map(({ TargetGroupName }) => TargetGroupName));
  const desiredNames = new Set(desired.map(({ name }) => name));
  return new Map(
    desired.map(({ key, name, service, container }) => {
      const substitute = candidates.find((group) => {
        const { TargetGroupArn = '', TargetGroupName = '' } = group;
        const { [KEY_TAG]: taggedKey, [STACK_TAG]: stack } = tags.get(TargetGroupArn) ?? {};
        return (
          taggedKey === key &&
          stack === names.stack &&
          protocolOfGroup(group) === container.protocol &&
          !desiredNames.has(TargetGroupName)
        );
      });
      const isSubstituted = !existingNames.has(name) && shiftsTraffic(service);
      return [(isSubstituted && substitute?.TargetGroupName) || name, key];
    }),
  );
}

/** Fetches the attributes of a listed group; undefined when the group has been deleted since. */
async function attributesOfGroup({ aws }: LookContext, { TargetGroupArn }: TargetGroup) {
  const describe = new DescribeTargetGroupAttributesCommand({ TargetGroupArn });
  const response = await ifFound(() => aws.elbv2(describe));
  return response && attributesOf(response.Attributes);
}

function read(group: TargetGroup, attributes: Record<string, string>, tags: Tags): FoundTargetGroup {
  return {
    targetGroupArn: group.TargetGroupArn ?? '',
    name: group.TargetGroupName ?? '',
    vpcId: group.VpcId ?? '',
    port: group.Port ?? 0,
    protocol: protocolOfGroup(group),
    health: healthCheckOfGroup(group),
    loadBalancerArns: group.LoadBalancerArns ?? [],
    attributes,
    tags,
  };
}
