/** Whether news has arrived: after a delay of its own, and for some of it not for good at once. */

/** One in four is lost again for a while: AWS's reads are not monotonic (§1.6). */
const RELAPSES = 0.25;

/**
 * Whether a reader is still behind. It learns of the news after part of the lag; some then forget it once more, for part
 * of what is left. When the lag is over everybody knows.
 * @param lag how long the slowest reader takes at most
 * @param age how old the news is, in the same unit
 * @param chance draws a number from 0 up to 1 for a purpose
 */
export function isBehind(lag: number, age: number, chance: (purpose: string) => number): boolean {
  if (age >= lag) return false;
  const first = chance('first') * lag;
  if (age < first) return true;
  if (chance('relapses') >= RELAPSES) return false;
  const start = first + chance('start') * (lag - first);
  const end = start + chance('length') * (lag - start);
  return age >= start && age < end;
}
