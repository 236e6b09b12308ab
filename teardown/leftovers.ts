/** Verifies that nothing is left after a teardown: looks again by tags and names, and lists everything in the former VPC. */
import { foreignOwner } from '../lib/derive/ownership.ts';
import { survey } from '../lib/engine/survey.ts';
import { pending, ready, until } from '../lib/engine/until.ts';
import { itemsOf, type Survey } from '../lib/look/found.ts';
import { nounsToTearDown, type Noun } from '../lib/model/architecture.ts';
import { isProblem, problem, type Problem } from '../lib/model/problem.ts';
import { addressOf, titleOf } from '../lib/model/resources.ts';
import type { Session } from '../lib/run/session.ts';
import { contentsOf, KINDS_IN_A_VPC } from './vpc-contents.ts';

/** Proof that nothing is left: the kinds of resources that a teardown looked for again without finding any. */
export interface Certificate {
  /** The kinds of resources that were looked for by our tags and names. */
  readonly nouns: readonly Noun[];
  /** The VPC, and the kinds of resources, ours and foreign, that were looked for in it; undefined when there was no VPC. */
  readonly vpc: { readonly vpcId: string; readonly kinds: readonly string[] } | undefined;
}

/**
 * Repeats the search for resources of this stack until it finds nothing, since AWS's lists lag by up to a minute.
 * @param surveyBefore the survey at the start of the teardown
 * @returns what has been verified
 * @throws LEFTOVERS with a list of the resources that are left or prevent a removal
 */
export async function verifyNothingLeft(session: Session, surveyBefore: Survey): Promise<Certificate> {
  const { run } = session;
  run.report({ type: 'activity', text: 'looking for leftovers' });
  const vpcIds = [...surveyBefore.vpc.values()].map(({ vpcId }) => vpcId);
  let left: string[] = [];
  try {
    await until(
      'everything to be gone',
      run.waits.leftovers,
      async () => {
        left = await findLeftovers(session, vpcIds);
        return left.length === 0 ? ready(undefined) : pending(`${left.length} still shown`);
      },
      run,
    );
  } catch (error) {
    if (isProblem(error, 'TIMEOUT')) throw somethingLeft(left, session.lookContext().names.stack, error);
    throw error;
  }
  const [vpcId] = vpcIds;
  return { nouns: nounsToTearDown, vpc: vpcId === undefined ? undefined : { vpcId, kinds: KINDS_IN_A_VPC } };
}

/** Lists what is left, one line per resource. */
async function findLeftovers(session: Session, vpcIds: readonly string[]): Promise<string[]> {
  const context = session.lookContext();
  const [found, ...contents] = await Promise.all([
    survey(context, nounsToTearDown),
    ...vpcIds.map((vpcId) => contentsOf(context.aws, vpcId)),
  ]);
  const ours = nounsToTearDown.flatMap((noun) =>
    [...itemsOf(found, noun)]
      .filter(([, { tags }]) => foreignOwner(tags, context.names.stack) === undefined)
      .map(([key, item]) => `${addressOf(noun, key)} ${titleOf(noun, item)}`),
  );
  // A resource that is already listed by its address is not listed again by its id.
  const others = contents.flat().filter(({ id }) => !ours.some((line) => line.endsWith(` ${id}`)));
  return [...ours, ...others.map(({ text }) => text)];
}

const somethingLeft = (left: readonly string[], stack: string, cause: Problem) =>
  problem('LEFTOVERS', {
    what:
      left.length === 1
        ? `1 resource of ${stack} is left.`
        : `${left.length} resources of ${stack} are left.`,
    why: left.join('\n'),
    now: 'Everything else is gone; the state file is kept.',
    fix: ['npm run teardown, to try again: AWS takes minutes to release some resources'],
    cause,
  });
