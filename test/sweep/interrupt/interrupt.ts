/** For interruptions: sends Ctrl-C's signal, and checks that a run ends soon and leaves a valid state file. */
import { readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect } from '@jest/globals';
import { stateSchema } from '../../../lib/state/format.ts';
import type { Outcome, RunningCommand } from '../../journeys/command.ts';
import type { Machine } from '../../journeys/harness.ts';

/** The moments of the signals, each with the milliseconds that the run then took to end. */
const durationsMs = new Map<string, number>();
/** The promised time from the signal to the end of a run. On a loaded machine, single runs may take longer, but not the median. */
const PROMISED_MS = 2_000;
/** The maximum time of a single run. */
const MAX_MS = 15_000;

afterAll(() => {
  const lines = [...durationsMs].map(
    ([moment, ms]) => `  ${String(Math.round(ms)).padStart(6)} ms  ${moment}`,
  );
  writeSync(2, `from Ctrl-C to the end:\n${lines.join('\n')}\n`);
  const sorted = [...durationsMs.values()].sort((one, other) => one - other);
  expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThan(PROMISED_MS);
});

/** Interrupts a run and waits for its end. @param signal by default SIGINT, which Ctrl-C sends */
export async function interruptRun(
  running: RunningCommand,
  moment: string,
  signal: NodeJS.Signals = 'SIGINT',
): Promise<Outcome> {
  const start = performance.now();
  running.child.kill(signal);
  const outcome = await running.done;
  const ms = performance.now() - start;
  durationsMs.set(moment, ms);
  expect(ms).toBeLessThan(MAX_MS);
  return outcome;
}

/** The outcome of an interrupted run. @param command the command that continues it, without flags */
export const interruptedOutcome = (command: string) => ({
  code: 130,
  stdout: '',
  problem: {
    code: 'INTERRUPTED',
    what: 'The run was interrupted.',
    why: 'Ctrl-C was pressed, or the process was asked to stop.',
    now: expect.stringMatching(/^Everything (created|removed) so far is .*recorded\.$/) as unknown,
    fix: expect.arrayContaining([
      expect.stringMatching(new RegExp(`^npm run ${command}.*, to continue from here$`)),
    ]) as unknown,
  },
});

/** Checks that a stage's state file, if any, is valid, and that its lock is free. */
export function expectSaved({ folder, stateFiles }: Machine, stage: string): void {
  const files = stateFiles().filter((name) => name.includes(`-${stage}.`));
  expect([[], [`tiny-${stage}.json`]]).toContainEqual(files);
  for (const name of files)
    stateSchema.parse(JSON.parse(readFileSync(join(folder, '.slipway', name), 'utf8')));
}
