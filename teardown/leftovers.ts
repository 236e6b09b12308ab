/** The certificate of a teardown: an independent look, by tags and names again, and at everything in what was our VPC. */
import type { Survey } from '../lib/look/found.ts';
import { foreignOwner } from '../lib/look/context.ts';
import { survey } from '../lib/engine/survey.ts';
import { isProblem, problem, type Problem } from '../lib/model/problem.ts';
import { addressOf, titleOf, type Ids, type Noun } from '../lib/model/resources.ts';
import type { Session } from '../lib/run/session.ts';
import type { Tags } from '../lib/derive/tags.ts';
import { pending, ready, until } from '../lib/engine/until.ts';
import { KINDS_OF_A_VPC, contentsOf } from './vpc-contents.ts';
import { LOOKED_AT } from './plan.ts';

/** What was looked for and is not there. */
export interface Certificate {
  /** Nouns, by our tags and names. */
  readonly nouns: readonly Noun[];
  /** The VPC, and kinds of things in it, whoever made them; undefined when there was none. */
  readonly vpc: { readonly vpcId: string; readonly kinds: readonly string[] } | undefined;
}

/**
 * Looks again for anything of ours until nothing is shown: AWS's lists are behind for up to a minute.
 * @param before what was there when the teardown began
 * @throws LEFTOVERS with a list of what is left, and what holds it
 */
export async function verifyNothingLeft(session: Session, before: Survey): Promise<Certificate> {
  const { run } = session;
  const vpcIds = [...before.vpc.values()].map(({ vpcId }) => vpcId);
  let left: string[] = [];
  try {
    await until(
      'everything to be gone',
      run.waits.leftovers,
      async () => {
        left = await look(session, vpcIds);
        return left.length === 0 ? ready(undefined) : pending(`${left.length} still shown`);
      },
      run,
    );
  } catch (error) {
    if (isProblem(error, 'TIMEOUT')) throw thereIs(left, session, error);
    throw error;
  }
  const [vpcId] = vpcIds;
  return { nouns: LOOKED_AT, vpc: vpcId === undefined ? undefined : { vpcId, kinds: KINDS_OF_A_VPC } };
}

/** What is left, a line each. */
async function look(session: Session, vpcIds: readonly string[]): Promise<string[]> {
  const context = session.lookContext();
  const [found, ...inhabitants] = await Promise.all([
    survey(context, LOOKED_AT),
    ...vpcIds.map((vpcId) => contentsOf(context.aws, vpcId)),
  ]);
  const ours = LOOKED_AT.flatMap((name) =>
    [...(found[name] as ReadonlyMap<string, Ids[Noun] & { readonly tags: Tags }>)]
      .filter(([, { tags }]) => foreignOwner(tags, context.names.stack) === undefined)
      .map(([key, thing]) => `${addressOf(name, key)} ${titleOf(name, thing)}`),
  );
  // What has an address of ours is not said again by its id.
  const others = inhabitants.flat().filter(({ id }) => !ours.some((line) => line.endsWith(` ${id}`)));
  return [...ours, ...others.map(({ text }) => text)];
}

const thereIs = (left: readonly string[], session: Session, cause: Problem) =>
  problem('LEFTOVERS', {
    what: `${left.length} ${left.length === 1 ? 'thing is' : 'things are'} left of ${session.lookContext().names.stack}.`,
    why: left.join('\n'),
    now: 'Everything else is gone; the state file is kept.',
    fix: ['npm run teardown, to try again: some things take AWS minutes to let go of'],
    cause,
  });
