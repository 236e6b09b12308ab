/** Compares a stack with its configuration without taking its lock, for a page that repeats the comparison while other runs work. */
import type { CommandContext } from '../lib/run/main.ts';
import type { DriftResult } from '../lib/run/results.ts';
import { startConfig } from '../lib/run/start-config.ts';
import type { OpenSandbox } from '../lib/run/target.ts';
import { provision } from './run.ts';

/**
 * Does what `npm run drift` does, but reads only: it takes no lock, and moves no state file of an earlier version.
 * @throws Problem
 */
export async function compareStack(
  { options, signal, report }: Pick<CommandContext, 'options' | 'signal' | 'report'>,
  openSandbox: OpenSandbox,
): Promise<DriftResult> {
  const drift = { ...options, drift: true };
  const invocation = { options: drift, signal, report, interactive: false, isQuiet: true };
  const { config } = await startConfig(invocation, { needsSources: true });
  const { json } = await provision(invocation, { openSandbox, config, isReadOnly: true });
  if ('drift' in json) return json;
  throw new Error('The comparison has no result');
}
