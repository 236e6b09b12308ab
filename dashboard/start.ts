/** Starts the page of a stack: loads the configuration, and then the AWS SDK. */
import type { CommandContext, CommandResult } from '../lib/run/main.ts';
import { startConfig } from '../lib/run/start-config.ts';
import { findSandbox } from '../sandbox/client.ts';
import type { DashboardResult } from './run.ts';

/** Serves the page from its options to its end. @throws Problem, or an error that `commandProblem` explains */
export async function startDashboard(invocation: CommandContext): Promise<CommandResult<DashboardResult>> {
  const { config } = await startConfig(invocation, { needsSources: false });
  // Loaded only here, so that `--help` and a misspelt flag do not load the AWS SDK.
  const [{ dashboard }, { compareStack }, { runningSandbox }] = await Promise.all([
    import('./run.ts'),
    import('../provision/compare.ts'),
    import('./held-session.ts'),
  ]);
  return dashboard(invocation, {
    config,
    findSandbox,
    compare: (signal) =>
      compareStack({ ...invocation, report: () => undefined, signal }, runningSandbox(findSandbox)),
  });
}
