/** The performance goals of the commands that only read, and verdicts on whether the figures meet them. Pure. */
import type { CommandTimes } from './command-times.ts';
import type { Verdict } from './goals.ts';

/** The maximum times in seconds. */
const MAX_SECONDS: Readonly<Record<keyof CommandTimes, number>> = { status: 1.2, firstLine: 1 };

/** Compares the times of the commands with their goals. */
export const commandVerdicts = ({ status, firstLine }: CommandTimes): Verdict[] => [
  { what: 'status of two services: seconds', measured: status.median, atMost: MAX_SECONDS.status },
  { what: 'first line of logs: seconds', measured: firstLine.median, atMost: MAX_SECONDS.firstLine },
];
