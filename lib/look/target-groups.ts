/** Finds our target groups: their names start as ours do, their tags say the rest. */
import {
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  type TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { routesOf } from '../config/config.ts';
import { allPages } from '../pages.ts';
import type { Ids, Items } from '../resources.ts';
import { STACK_TAG, type Tags } from '../tags.ts';
import { elbTags } from './elb-tags.ts';
import { ifThere } from './if-there.ts';
import { attributesOf } from './load-balancer.ts';
import { isRemembered } from './recorded.ts';
import type { See } from './see.ts';

export interface FoundTargetGroup extends Readonly<Ids['targetGroups']> {
  readonly name: string;
  readonly vpcId: string;
  readonly port: number;
  /** What its targets are asked over: `HTTP` or `HTTPS`. */
  readonly protocol: string;
  readonly health: {
    readonly protocol: string;
    readonly port: string;
    readonly path: string;
    readonly intervalSeconds: number;
    readonly timeoutSeconds: number;
    readonly healthyThreshold: number;
    readonly unhealthyThreshold: number;
    readonly matcher: string;
  };
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: Tags;
}

/**
 * The name of a group is its key: it carries all that cannot change about one. A list by names fails as a whole when
 * one of them is missing, so the whole list is read, 400 a page.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetGroups.html
 */
export async function lookTargetGroups(see: See): Promise<Items<FoundTargetGroup>> {
  const { aws, names, config } = see;
  const listed = await allPages(async (Marker) => {
    const { TargetGroups = [], NextMarker } = await aws.elbv2(
      new DescribeTargetGroupsCommand({ Marker, PageSize: 400 }),
    );
    return { items: TargetGroups, next: NextMarker };
  });
  const candidates = listed.filter(({ TargetGroupName = '' }) =>
    TargetGroupName.startsWith(`${names.stack}-`),
  );
  const tags = await elbTags(
    aws,
    candidates.map(({ TargetGroupArn = '' }) => TargetGroupArn),
  );
  const keys = new Map(
    routesOf(config).map(({ container }) => [names.targetGroup(container), container.key]),
  );
  const items = new Map<string, FoundTargetGroup>();
  await Promise.all(
    candidates.map(async (group) => {
      const own = tags.get(group.TargetGroupArn ?? '');
      const name = group.TargetGroupName ?? '';
      if (!own) return;
      // Somebody else's group matters only where it has a name that we want.
      const isOurs =
        own[STACK_TAG] === names.stack || isRemembered(see, 'targetGroups', own, group.TargetGroupArn);
      if (!isOurs && !keys.has(name)) return;
      const item = await read(see, group, own);
      // One of ours whose name nothing wants any more stands for itself, and will be removed.
      if (item) items.set(keys.get(name) ?? name, item);
    }),
  );
  return items;
}

async function read({ aws }: See, group: TargetGroup, tags: Tags): Promise<FoundTargetGroup | undefined> {
  const { TargetGroupArn = '' } = group;
  const attributes = await ifThere(() =>
    aws.elbv2(new DescribeTargetGroupAttributesCommand({ TargetGroupArn })),
  );
  if (!attributes) return undefined;
  return {
    targetGroupArn: TargetGroupArn,
    name: group.TargetGroupName ?? '',
    vpcId: group.VpcId ?? '',
    port: group.Port ?? 0,
    protocol: group.Protocol ?? '',
    health: {
      protocol: group.HealthCheckProtocol ?? '',
      port: group.HealthCheckPort ?? '',
      path: group.HealthCheckPath ?? '',
      intervalSeconds: group.HealthCheckIntervalSeconds ?? 0,
      timeoutSeconds: group.HealthCheckTimeoutSeconds ?? 0,
      healthyThreshold: group.HealthyThresholdCount ?? 0,
      unhealthyThreshold: group.UnhealthyThresholdCount ?? 0,
      matcher: group.Matcher?.HttpCode ?? '',
    },
    attributes: attributesOf(attributes.Attributes),
    tags,
  };
}
