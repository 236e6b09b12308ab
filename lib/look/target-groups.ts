/** Finds our target groups: all whose names start as ours do and whose tags say the rest. */
import {
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  type TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { routesOf } from '../config/config.ts';
import { allPages } from '../pages.ts';
import type { Ids, Items } from '../resources.ts';
import { KEY_TAG, STACK_TAG, type Tags } from '../tags.ts';
import { elbTags } from './elb-tags.ts';
import { attributesOf } from './load-balancer.ts';
import { byKey, type See } from './see.ts';

export interface FoundTargetGroup extends Readonly<Ids['targetGroups']> {
  readonly name: string;
  readonly vpcId: string;
  readonly port: number;
  readonly protocol: string;
  readonly targetType: string;
  readonly health: {
    readonly path: string;
    readonly protocol: string;
    readonly port: string;
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
 * A list by names fails as a whole when one of them is missing; so the whole list is read, 400 a page.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetGroups.html
 */
export async function lookTargetGroups(see: See): Promise<Items<FoundTargetGroup>> {
  const { aws, names, config } = see;
  const groups = await allPages(async (Marker) => {
    const { TargetGroups = [], NextMarker } = await aws.elbv2(
      new DescribeTargetGroupsCommand({ Marker, PageSize: 400 }),
    );
    return { items: TargetGroups, next: NextMarker };
  });
  const candidates = groups.filter(({ TargetGroupName = '' }) =>
    TargetGroupName.startsWith(`${names.stack}-`),
  );
  const tags = await elbTags(
    aws,
    candidates.map(({ TargetGroupArn = '' }) => TargetGroupArn),
  );
  // Our own tags say the key; a group that only has one of our names is shown under the key it stands in the way of.
  const wantedNames = new Map(
    routesOf(config).map(({ container }) => [names.targetGroup(container), container.key]),
  );
  const seen = candidates.flatMap((group) => {
    const own = tags.get(group.TargetGroupArn ?? '') ?? {};
    const ours = own[STACK_TAG] === names.stack;
    const key = wantedNames.get(group.TargetGroupName ?? '');
    if (ours) return [{ group, tags: own }];
    return key === undefined ? [] : [{ group, tags: { ...own, [KEY_TAG]: key } }];
  });
  return byKey(await Promise.all(seen.map(({ group, tags: of }) => read(see, group, of))));
}

async function read({ aws }: See, group: TargetGroup, tags: Tags): Promise<FoundTargetGroup> {
  const { TargetGroupArn = '' } = group;
  const { Attributes } = await aws.elbv2(new DescribeTargetGroupAttributesCommand({ TargetGroupArn }));
  return {
    targetGroupArn: TargetGroupArn,
    name: group.TargetGroupName ?? '',
    vpcId: group.VpcId ?? '',
    port: group.Port ?? 0,
    protocol: group.Protocol ?? '',
    targetType: group.TargetType ?? '',
    health: {
      path: group.HealthCheckPath ?? '',
      protocol: group.HealthCheckProtocol ?? '',
      port: group.HealthCheckPort ?? '',
      intervalSeconds: group.HealthCheckIntervalSeconds ?? 0,
      timeoutSeconds: group.HealthCheckTimeoutSeconds ?? 0,
      healthyThreshold: group.HealthyThresholdCount ?? 0,
      unhealthyThreshold: group.UnhealthyThresholdCount ?? 0,
      matcher: group.Matcher?.HttpCode ?? '',
    },
    attributes: attributesOf(Attributes),
    tags,
  };
}
