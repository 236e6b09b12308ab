/** The plan: the diffs of all steps, in the order of the architecture. */
import { nounsOfOthers } from '../lib/derive/shared-balancer.ts';
import type { Names } from '../lib/derive/names.ts';
import type { Planned, Step } from '../lib/engine/step.ts';
import type { Desired } from '../lib/look/context.ts';
import type { Survey } from '../lib/look/found.ts';
import { nounsDeletedWith, nouns, type Noun } from '../lib/model/architecture.ts';
import type { Change } from '../lib/model/change.ts';
import { NOTHING_CHANGED, problem } from '../lib/model/problem.ts';
import { addressOf } from '../lib/model/resources.ts';
import { namesTaken, reasonLines } from './names-taken.ts';
import { limitChanges, withDeployedImages } from './one-service.ts';
import { withRollbackReasons } from './services/ahead.ts';
import { withServiceNames } from './services/succession.ts';
import * as allSteps from './steps/index.ts';
import { withSharedBalancer } from './shared-balancer.ts';
import { takeOver, withFormerOwners } from './take-over.ts';

export type Steps = { readonly [N in Noun]: Step<N> };

/** The step of each noun. `steps/index.ts` checks that the list is complete. */
export const steps = allSteps as unknown as Steps;

/** The changes that a provision makes, and what they are based on. */
export interface Plan {
  /**
   * The survey that the plan is based on. Adopted resources count as ours. If a resource is replaced, the resources that are
   * deleted with it count as absent.
   */
  readonly found: Survey;
  /** The names of the stack. The names of its ECS services depend on the existing ones. */
  readonly names: Names;
  readonly changes: readonly Change[];
  /** The changes of each noun, for later diffs. */
  readonly planned: Planned<Noun>;
  /** The addresses of the resources that stay as they are. */
  readonly kept: readonly string[];
  /** The changes that a run on one service leaves for a provision. */
  readonly leftOut?: readonly Change[];
}

/**
 * Plans a provision.
 * @param adopt addresses of resources to take over
 * @param service the only service to provision, with everything that it needs; by default, all services
 * @throws FOREIGN when resources with our names belong to someone else; ARGUMENTS when there is nothing to adopt; REFUSED when our
 *   resources cannot become what is desired
 */
export function makePlan(
  desired: Desired,
  fullSurvey: Survey,
  adopt: readonly string[] = [],
  service?: string,
): Plan {
  const surveyed = service === undefined ? fullSurvey : withDeployedImages(desired, fullSurvey, service);
  const { stack } = desired.names;
  const surveyWithAdopted =
    adopt.length === 0
      ? surveyed
      : takeOver(surveyed, foreignIn(diffAll(desired, surveyed).changes), adopt, stack);
  const { found, planned, changes: allChanges } = diffAll(desired, surveyWithAdopted);
  const { included: changes, leftOut } =
    service === undefined
      ? { included: allChanges, leftOut: [] }
      : limitChanges(allChanges, service, desired.config, found);
  const foreign = foreignIn(changes);
  if (foreign.length > 0) throw namesTaken(desired, foreign, found);
  const impossible = changes.filter((change) => change.cannotUpdate);
  if (impossible.length > 0) throw impossibleChanges(impossible);
  const changed = new Set(allChanges.map(({ noun, key, replaces = key }) => addressOf(noun, replaces)));
  const ofOthers = nounsOfOthers(desired.config);
  const kept = nouns
    .filter((noun) => !ofOthers.includes(noun))
    .flatMap((noun) => [...found[noun].keys()].sort().map((key) => addressOf(noun, key)))
    .filter((address) => !changed.has(address));
  const names = withServiceNames(desired.names, found);
  const explained = withRollbackReasons(withFormerOwners(changes, surveyed, adopt, stack), found);
  return { found, names, changes: explained, planned, kept, leftOut };
}

/**
 * Diffs every kind of resource after the kinds that it needs. If a resource is replaced, the resources that are deleted with
 * it count as absent.
 */
export function diffAll(desired: Desired, surveyed: Survey): Pick<Plan, 'found' | 'changes' | 'planned'> {
  const byNoun = new Map<Noun, readonly Change[]>();
  const planned: Planned<Noun> = {
    changesOf: (noun) => byNoun.get(noun) ?? [],
    isReplaced: (noun) =>
      planned.changesOf(noun).some(({ verb, replaces }) => verb === 'replace' && replaces === undefined),
  };
  let found = withSharedBalancer(desired.config, surveyed);
  const ofOthers = nounsOfOthers(desired.config);
  for (const noun of nouns) {
    if (ofOthers.includes(noun)) {
      byNoun.set(noun, []);
      continue;
    }
    const assigned = steps[noun].assign?.(desired, found, planned);
    if (assigned) found = { ...found, [noun]: assigned };
    byNoun.set(noun, steps[noun].diff(desired, found, planned));
    const deletedNouns = planned.isReplaced(noun) ? nounsDeletedWith(noun) : [];
    found = { ...found, ...Object.fromEntries(deletedNouns.map((deleted) => [deleted, new Map()])) };
  }
  return { found, planned, changes: [...byNoun.values()].flat() };
}

/** Returns the refused changes of resources that belong to someone else. */
const foreignIn = (changes: readonly Change[]): Change[] =>
  changes.filter(({ verb, cannotUpdate }) => verb === 'refused' && !cannotUpdate);

const impossibleChanges = (refused: readonly Change[]) =>
  problem('REFUSED', {
    what: 'Some resources of this stack cannot become what the configuration asks for.',
    why: reasonLines(refused),
    now: NOTHING_CHANGED,
    fix: [
      'Undo the change in slipway.config.ts,',
      'or run npm run teardown and then npm run provision, to start over.',
    ],
  });
