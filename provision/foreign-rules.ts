/** Explains that someone else's rule of the listener has a priority that this stack needs, and what to do about it. Pure. */
import { desiredRules, type DesiredRule } from '../lib/derive/desired-rules.ts';
import { foreignOwner } from '../lib/derive/ownership.ts';
import type { Path } from '../lib/config/finding.ts';
import { STACK_TAG } from '../lib/derive/tags.ts';
import type { Desired } from '../lib/look/context.ts';
import type { Survey } from '../lib/look/found.ts';
import type { FoundRule } from '../lib/look/rules.ts';
import type { Change } from '../lib/model/change.ts';

const pathText = (path: Path): string =>
  path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .slice(1);

/** Returns the rule that the configuration asks for, if it is explicit about the priority. */
const demandedRule = ({ config }: Desired, key: string): DesiredRule | undefined =>
  desiredRules(config).find((rule) => rule.key === key && rule.explicitPriority !== undefined);

/** Describes a rule: its conditions and what it does with the requests. */
function ruleText({ paths, otherConditions, action, forward, ruleArn }: FoundRule): string {
  const conditions = [paths.join(' or '), otherConditions].filter(Boolean).join(' ');
  return `${ruleArn} (${conditions || 'no conditions'}: ${action || `forward ${forward}`})`;
}

/** Returns why a rule is not ours: whose it is, and what it does; undefined if it belongs to the stack. */
export function whyForeignRule(desired: Desired, rule: FoundRule, key: string): string | undefined {
  const owner = rule.tags[STACK_TAG];
  if (foreignOwner(rule.tags, desired.names.stack) === undefined) return undefined;
  const tags = Object.entries(rule.tags).map(([name, value]) => `${name}=${value}`);
  const whose =
    owner === undefined
      ? `someone else created it${tags.length > 0 ? `, tagged ${tags.join(', ')}` : ''}`
      : `it belongs to the stack ${owner}`;
  const demanded = demandedRule(desired, key);
  const reason = demanded ? `${pathText(demanded.configPath)}.priority demands` : `${key} would get`;
  return `${whose}; priority ${rule.priority} of the listener, which ${reason}, is that of ${ruleText(rule)}`;
}

/** Returns the fixes for rules that are refused because someone else's rules have their priorities. */
export function foreignRuleFixes(desired: Desired, refused: readonly Change[], found: Survey): string[] {
  return refused.flatMap(({ noun, key }) => {
    const rule = noun === 'rules' ? found.rules.get(key) : undefined;
    if (!rule) return [];
    const demanded = demandedRule(desired, key);
    return [
      demanded
        ? `Set ${pathText(demanded.configPath)}.priority to a number that no other rule of the listener has, or leave it out,`
        : `Give that rule another priority: aws elbv2 set-rule-priorities --rule-priorities RuleArn=${rule.ruleArn},Priority=NUMBER,`,
    ];
  });
}
