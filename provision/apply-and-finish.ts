/** Carries out a plan until the stack serves: applies it, and requests its paths while the new tasks are still watched. */
import type { Config } from '../lib/config/config.ts';
import { survey } from '../lib/engine/survey.ts';
import { recordedIn, type Desired, type LookContext } from '../lib/look/context.ts';
import { changeAddress } from '../lib/model/change.ts';
import type { Session } from '../lib/run/session.ts';
import { apply, type ApplyHooks } from './apply.ts';
import type { AllIds } from './context.ts';
import { finish, type FinishedStack } from './done/finish.ts';
import { servingReport } from './done/serving.ts';
import { makePlan, type Plan } from './plan.ts';
import { isSwitchingTraffic } from './services/succession.ts';

/**
 * Carries out a plan, and finishes the stack. Requests its paths while the new tasks are still watched, unless the plan directs
 * requests elsewhere after that.
 */
export async function applyAndFinish(
  session: Session,
  context: LookContext & Desired,
  plan: Plan,
  onlyService: string | undefined,
): Promise<FinishedStack> {
  const { run, connectedTarget: target } = session;
  const { config } = context;
  const serving = servingReport(run, config, target, plan.changes);
  let finished: FinishedStack | undefined;
  const whileReadying = async (ids: AllIds, signal: AbortSignal) => {
    finished = await finish({ ...run, signal }, context, target, plan, ids);
  };
  try {
    const ids = await applyPlan(session, plan, onlyService, {
      onServing: serving.add,
      ...(isServedByCreates(plan, config) && { whileReadying }),
    });
    return finished ?? (await finish(run, context, target, plan, ids));
  } finally {
    run.report({ type: 'activity', text: '' });
    await serving.close();
  }
}

/** Whether the stack serves as configured once all creates and updates are done: nothing is removed, and no traffic switched. */
const isServedByCreates = ({ changes, found }: Plan, { services }: Config): boolean =>
  changes.every(({ verb, replaces }) => ['create', 'update'].includes(verb) && replaces === undefined) &&
  !services.some((service) => isSwitchingTraffic(service, found));

/**
 * Carries out a plan. If an earlier run was killed before a create was answered, the resource may exist with the settings of an
 * older configuration. In that case, the stack is surveyed, planned and applied once more.
 */
async function applyPlan(
  session: Session,
  plan: Plan,
  onlyService: string | undefined,
  hooks: ApplyHooks,
): Promise<AllIds> {
  const { run } = session;
  const resumesCreate = plan.changes.some(
    (change) => change.verb === 'create' && changeAddress(change) in run.state.data.intents,
  );
  if (!resumesCreate) return apply(run, session.lookContext(), plan, hooks);
  await apply(run, session.lookContext(), plan);
  const context = { ...session.lookContext(), recorded: recordedIn(run.state.data.resources) };
  return apply(run, context, makePlan(context, await survey(context), [], onlyService));
}
