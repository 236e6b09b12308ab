/** Reads and writes the file of a saved plan, which only its owner may read. */
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf, messageOf } from '../../aws/errors.ts';
import { readRegularFile } from '../../config/regular-file.ts';
import { NOTHING_CHANGED, problem, type Problem } from '../../model/problem.ts';
import { writeAtomically } from '../../state/private-file.ts';
import { parsePlan, type SavedPlan, type Unusable } from './format.ts';

const REASONS: Readonly<Record<Unusable, string>> = {
  'not a plan': 'It is not a plan that --plan=FILE has saved.',
  'other version': 'Another version of Slipway has saved it, in another format.',
  edited: 'It has been edited, or only a part of it was copied: its digest does not match its content.',
};

const MAKE_ANOTHER = 'npm run provision -- --plan=FILE, to make and save a plan again';

/** Reads a saved plan. @throws PLAN_FILE if it is missing, unreadable, edited, or no plan; its content is never quoted */
export async function readPlanFile(path: string): Promise<SavedPlan> {
  let text: string;
  try {
    text = await readRegularFile(path);
  } catch (error) {
    const isMissing = codeOf(error) === 'ENOENT';
    throw problem('PLAN_FILE', {
      what: `There is no plan in ${path}.`,
      why: isMissing ? 'The file does not exist.' : `The file could not be read: ${messageOf(error)}.`,
      now: NOTHING_CHANGED,
      fix: isMissing ? ['Correct the path,', `or ${MAKE_ANOTHER}`] : [MAKE_ANOTHER],
      cause: error,
    });
  }
  const plan = parsePlan(text);
  if (typeof plan === 'object') return plan;
  throw problem('PLAN_FILE', {
    what: `${path} is not a plan that can be carried out.`,
    why: REASONS[plan],
    now: NOTHING_CHANGED,
    fix: [MAKE_ANOTHER],
  });
}

/**
 * Checks that a plan may be written to a path, before anything is planned: a plan replaces no file that is not a plan.
 * @throws PLAN_FILE
 */
export async function checkPlanOutput(path: string): Promise<void> {
  const folder = await stat(dirname(path)).catch(() => undefined);
  if (!folder?.isDirectory()) throw unwritablePlan(path, 'Its folder does not exist.');
  const existing = await stat(path).catch(() => undefined);
  if (existing === undefined) return;
  const text = await readRegularFile(path).catch(() => '');
  if (text === '' || parsePlan(text) === 'not a plan')
    throw unwritablePlan(path, 'There is something else, which a plan would replace.');
}

/** Writes a plan. @throws PLAN_FILE */
export async function writePlanFile(path: string, plan: SavedPlan): Promise<void> {
  try {
    await writeAtomically(path, `${JSON.stringify(plan, null, 2)}\n`);
  } catch (error) {
    throw unwritablePlan(path, `${messageOf(error)}.`, error);
  }
}

const unwritablePlan = (path: string, why: string, cause?: unknown): Problem =>
  problem('PLAN_FILE', {
    what: `The plan cannot be saved in ${path}.`,
    why,
    now: NOTHING_CHANGED,
    fix: ['Choose another path for the file, after --plan='],
    cause,
  });
