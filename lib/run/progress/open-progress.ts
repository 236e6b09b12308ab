/** Chooses how a run is shown: live on a terminal, otherwise as plain lines. */
import { join } from 'node:path';
import type { Report } from '../../model/report.ts';
import { isChanging, type Command } from '../commands.ts';
import { home } from '../home.ts';
import type { Options } from '../options.ts';
import { LearnedDurations } from './learned-durations.ts';
import { plainLines } from './plain-lines.ts';
import { RunProgress } from './run-progress.ts';
import type { Terminal } from './live-lines.ts';

/** How often the live region is drawn while no event arrives, and how often a silence is checked. Milliseconds. */
const TICK_MS = { live: 100, plain: 1000 };

/** The shown run. */
export interface ShownRun {
  readonly report: Report;
  /** Stops showing what is running, and records how long the steps took. */
  close(): Promise<void>;
}

/** The output of the process. */
export interface ProgressOutput {
  readonly terminal: Terminal;
  readonly colour: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Whether a terminal shows a live region: not with --plain, in CI, or on a terminal that cannot move its cursor.
 * @param command only commands that change a stack have a region
 */
export const isLive = (
  command: Command,
  { plain }: Pick<Options, 'plain'>,
  { terminal, env }: Pick<ProgressOutput, 'terminal' | 'env'>,
): boolean =>
  terminal.isTTY && !plain && isChanging(command) && env['TERM'] !== 'dumb' && env['CI'] === undefined;

/** Opens the display of a run. */
export async function openProgress(
  command: Command,
  options: Pick<Options, 'plain' | 'target'>,
  output: ProgressOutput,
): Promise<ShownRun> {
  const { terminal, colour } = output;
  const learned = isChanging(command)
    ? new LearnedDurations(join(home(), '.durations.json'), options.target)
    : undefined;
  const progress = new RunProgress(learned && ((step) => learned.usual(step)));
  const now = () => performance.now();
  const write = (text: string) => void terminal.write(text);
  const live = isLive(command, options, output);
  const shown = live
    ? (await import('./live-lines.ts')).liveLines(terminal, { colour, progress, now })
    : { ...plainLines({ write, colour, progress, now }), close: () => undefined };
  const timer = setInterval(shown.tick, live ? TICK_MS.live : TICK_MS.plain).unref();
  return {
    report(event) {
      learned?.receive(event);
      shown.report(event);
    },
    async close() {
      clearInterval(timer);
      shown.close();
      await learned?.save();
    },
  };
}
