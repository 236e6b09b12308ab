/** The problem of resources that have the names of this stack and belong to someone else. Pure. */
import { STACK_TAG } from '../lib/derive/tags.ts';
import type { Desired } from '../lib/look/context.ts';
import { itemsOf, type Survey } from '../lib/look/found.ts';
import { changeAddress, type Change } from '../lib/model/change.ts';
import { NOTHING_CHANGED, problem, type Problem } from '../lib/model/problem.ts';
import { foreignRuleFixes } from './foreign-rules.ts';

/** Lists refused changes with their reasons, one per line. */
export const reasonLines = (refused: readonly Change[]): string =>
  refused.map((change) => `${changeAddress(change)}: ${change.reason}`).join('\n');

/** The fix if a domain is already in use. */
const DOMAIN_PER_STAGE =
  'Each stage needs its own domain: the configuration may export a function of { stage }.';

/** Whether the resource of a refused change belongs to another stack. Adopting the resource would break that stack. */
const isInAnotherStack = ({ noun, key }: Change, found: Survey): boolean =>
  itemsOf(found, noun).get(key)?.tags[STACK_TAG] !== undefined;

/** Returns the problem of resources that belong to someone else and are in the way of this stack. */
export function namesTaken(desired: Desired, refused: readonly Change[], found: Survey): Problem {
  const areRules = refused.every(({ noun }) => noun === 'rules');
  const adoptable = refused.every((change) => !isInAnotherStack(change, found));
  return problem('FOREIGN', {
    what: areRules
      ? 'Rules that belong to someone else already have priorities that this stack needs.'
      : "Some resources already use this stack's names but belong to someone else.",
    why: reasonLines(refused),
    now: NOTHING_CHANGED,
    fix: [
      ...(refused.some(({ noun }) => noun === 'record' || noun === 'hostedZone') ? [DOMAIN_PER_STAGE] : []),
      ...foreignRuleFixes(desired, refused, found),
      ...(areRules ? [] : ['Choose another name in slipway.config.ts or another --stage,']),
      ...(adoptable
        ? [
            `or npm run provision -- ${refused.map((change) => `--adopt ${changeAddress(change)}`).join(' ')}, to take them over: a teardown then deletes them,`,
            'or remove them if no one needs them.',
          ]
        : ['or remove the stack that they belong to, if no one needs it.']),
    ],
  });
}
