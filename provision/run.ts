/** Runs a provision: opens a session, surveys, executes, and closes the session. */
import { survey } from '../lib/engine/survey.ts';
import { nouns } from '../lib/model/architecture.ts';
import type { Config } from '../lib/config/config.ts';
import type { LookContext } from '../lib/look/context.ts';
import { unknownService } from '../lib/run/bad-arguments.ts';
import { inSession } from '../lib/run/in-session.ts';
import type { CommandContext, CommandResult } from '../lib/run/main.ts';
import type { SessionDependencies } from '../lib/run/session.ts';
import type { ProvisionOutcome } from './execute.ts';
import { selectedCommand } from './one-service.ts';
import { Trials } from './trials.ts';

/** Loaded while the responses of the survey are pending. */
const loadExecute = () => import('./execute.ts');

/** Returns a function that checks that a configuration has a service. */
const withService =
  (service = '') =>
  (config: Config): Config => {
    const names = config.services.map(({ name }) => name);
    if (!names.includes(service)) throw unknownService(service, names);
    return config;
  };

/** Does what `npm run provision` does, and returns what to print. */
export async function provision(
  invocation: CommandContext,
  dependencies: SessionDependencies & { readonly isReadOnly?: boolean },
): Promise<CommandResult<ProvisionOutcome>> {
  const start = performance.now();
  const command = selectedCommand(invocation.options);
  const { service } = invocation.options;
  const config = command === 'deploy' ? dependencies.config.then(withService(service)) : dependencies.config;
  const { plan: isPlan } = invocation.options;
  const trials = new Trials(invocation.signal);
  const surveyStack = async (context: LookContext) => {
    // Both keep this process busy. The programs come first, so that they run while the sandbox answers the survey.
    if (context.config.target === 'sandbox' && command !== 'drift' && !isPlan)
      await trials.startEarly(context);
    // A failure to load is reported by the await below.
    return survey(context, nouns, () => void loadExecute().catch(() => undefined));
  };
  try {
    return await inSession(
      invocation,
      { command, survey: surveyStack, ...dependencies, config },
      async (session) => {
        const { execute } = await loadExecute();
        return execute(session, invocation, start, trials);
      },
    );
  } finally {
    await trials.close();
  }
}
