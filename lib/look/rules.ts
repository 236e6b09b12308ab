/** Finds the rules of our listener, the default one aside. */
import { DescribeRulesCommand, type Rule } from '@aws-sdk/client-elastic-load-balancing-v2';
import { isNotFound } from '../aws-error.ts';
import { allPages } from '../pages.ts';
import { only, type Ids, type Items } from '../resources.ts';
import { KEY_TAG, STACK_TAG, type Tags } from '../tags.ts';
import { elbTags } from './elb-tags.ts';
import { lookListener } from './listener.ts';
import { byKey, type See } from './see.ts';

export interface FoundRule extends Readonly<Ids['rules']> {
  readonly listenerArn: string;
  readonly priority: number;
  /** Its path patterns. */
  readonly paths: readonly string[];
  /** Conditions other than paths, as text; empty when there are none. */
  readonly otherConditions: string;
  /** The target group that it forwards to; empty for any other action. */
  readonly targetGroupArn: string;
  readonly tags: Tags;
}

const PATH = 'path-pattern';

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeRules.html */
export async function lookRules(see: See): Promise<Items<FoundRule>> {
  const listenerArn = only(await lookListener(see))?.listenerArn;
  if (listenerArn === undefined) return new Map();
  const rules = (await describe(see, listenerArn)).filter(({ IsDefault }) => !IsDefault);
  const tags = await elbTags(
    see.aws,
    rules.map(({ RuleArn = '' }) => RuleArn),
  );
  return byKey(
    rules.map((rule) => {
      const own = tags.get(rule.RuleArn ?? '') ?? {};
      // Somebody else's rule on our listener is shown under a key that nothing wants, and is never ours to remove.
      const key = own[STACK_TAG] === see.names.stack ? own[KEY_TAG] : `priority-${rule.Priority}`;
      return read(rule, listenerArn, { ...own, [KEY_TAG]: key ?? '' });
    }),
  );
}

async function describe({ aws }: See, ListenerArn: string): Promise<Rule[]> {
  try {
    return await allPages(async (Marker) => {
      const { Rules = [], NextMarker } = await aws.elbv2(new DescribeRulesCommand({ ListenerArn, Marker }));
      return { items: Rules, next: NextMarker };
    });
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}

function read(
  { RuleArn = '', Priority, Conditions = [], Actions }: Rule,
  listenerArn: string,
  tags: Tags,
): FoundRule {
  const forward = Actions?.find(({ Type }) => Type === 'forward');
  const groups = forward?.ForwardConfig?.TargetGroups ?? [];
  return {
    ruleArn: RuleArn,
    listenerArn,
    priority: Number(Priority),
    paths: Conditions.filter(({ Field }) => Field === PATH).flatMap(
      ({ PathPatternConfig, Values }) => PathPatternConfig?.Values ?? Values ?? [],
    ),
    otherConditions: Conditions.filter(({ Field }) => Field !== PATH)
      .map((condition) => JSON.stringify(condition))
      .join(' '),
    targetGroupArn: groups.length > 1 ? '' : (forward?.TargetGroupArn ?? groups[0]?.TargetGroupArn ?? ''),
    tags,
  };
}
