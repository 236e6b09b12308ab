/** For interruptions: presses Ctrl-C, and sees to it that a run ends as it should, soon, with its state whole. */
import { readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect } from '@jest/globals';
import { stateSchema } from '../../../lib/state/format.ts';
import type { Outcome, Running } from '../../journeys/command.ts';
import type { Machine } from '../../journeys/harness.ts';

/** How long each run took to end, by its moment. Milliseconds. */
const took = new Map<string, number>();
/** What is promised. A machine that does ten things at once may need more now and then, but not every other time. */
const PROMISED_MS = 2_000;
const BOUND_MS = 15_000;

afterAll(() => {
  const lines = [...took].map(([moment, ms]) => `  ${String(Math.round(ms)).padStart(6)} ms  ${moment}`);
  writeSync(2, `from Ctrl-C to the end:\n${lines.join('\n')}\n`);
  const sorted = [...took.values()].sort((one, other) => one - other);
  expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThan(PROMISED_MS);
});

/** @param signal as the terminal sends it; a container is stopped with another */
export async function press(
  running: Running,
  moment: string,
  signal: NodeJS.Signals = 'SIGINT',
): Promise<Outcome> {
  const start = performance.now();
  running.child.kill(signal);
  const outcome = await running.done;
  const ms = performance.now() - start;
  took.set(moment, ms);
  expect(ms).toBeLessThan(BOUND_MS);
  return outcome;
}

/** What an interrupted run says. @param command what to type to go on, without flags */
export const interrupted = (command: string) => ({
  code: 130,
  stdout: '',
  problem: {
    code: 'INTERRUPTED',
    what: 'Interrupted.',
    why: 'Ctrl-C was pressed, or the process was asked to stop.',
    now: expect.stringMatching(/^What was (made|removed) so far is .*recorded\.$/) as unknown,
    fix: expect.arrayContaining([
      expect.stringMatching(new RegExp(`^npm run ${command}.*, to continue from here$`)),
    ]) as unknown,
  },
});

/** The state of a stage is whole, if there is one, and nobody holds its lock. */
export function expectSaved({ folder, stateFiles }: Machine, stage: string): void {
  const files = stateFiles().filter((name) => name.startsWith(`${stage}.`));
  expect([[], [`${stage}.json`]]).toContainEqual(files);
  for (const name of files)
    stateSchema.parse(JSON.parse(readFileSync(join(folder, '.slipway', name), 'utf8')));
}
