/** Watches a stack: shows its condition again whenever it has changed. */
import { messageOf } from '../lib/aws/errors.ts';
import { isTemporary } from '../lib/aws/explain.ts';
import type { Clock } from '../lib/model/clock.ts';
import { printable } from '../lib/model/printable.ts';
import type { Output } from '../lib/run/output.ts';
import type { StackLook } from './look.ts';
import { statusText } from './text.ts';

/** The parts of a run that the watch uses. */
export interface Watching {
  /** Looks at the stack again. */
  readonly look: () => Promise<StackLook>;
  readonly everyMs: number;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  /** Aborts when the user ends the command, or closes its output. */
  readonly signal: AbortSignal;
  readonly output: Output;
  /** Whether each condition is printed as a line of JSON. */
  readonly json: boolean;
  /** Reports why the condition is not known for a while. */
  readonly onWait: (text: string) => void;
}

/**
 * Shows the condition of a stack until the signal is aborted. A terminal shows it in place; elsewhere it is printed again whenever
 * it has changed.
 * @returns the last condition; undefined if the watch ended before the first look
 * @throws any error of AWS that does not clear up on its own, such as rejected credentials
 */
export async function watchStack(watching: Watching): Promise<StackLook | undefined> {
  const { look, everyMs, clock, signal, output, onWait } = watching;
  let last: StackLook | undefined;
  let printed = '';
  let isWaiting = false;
  while (!signal.aborted) {
    try {
      const seen = await look();
      const condition = JSON.stringify(seen.result);
      if (output.redraw && !watching.json) await output.redraw(printable(textOf(seen, clock.now())));
      else if (condition !== printed)
        await output.write(
          watching.json ? `${printable(condition)}\n` : `${printable(textOf(seen, clock.now()))}\n\n`,
        );
      printed = condition;
      last = seen;
      isWaiting = false;
    } catch (error) {
      if (signal.aborted) break;
      if (!isTemporary(error)) throw error;
      if (!isWaiting) onWait(`the condition is not known, and the command tries again: ${messageOf(error)}`);
      isWaiting = true;
    }
    await clock.sleep(everyMs, signal).catch(() => undefined);
  }
  return last;
}

/** Returns the text of a condition, with the time of the look. @param now milliseconds since 1970 */
const textOf = ({ result, cost }: StackLook, now: number): string =>
  `${new Date(now).toLocaleTimeString('en-GB')}  ${result.stack}\n\n${statusText(result, cost, now)}`;
