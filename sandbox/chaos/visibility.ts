/** Whether a reader sees a recent change yet: each sees it after its own delay, and some lose sight of it once more. */

/** One in four changes becomes invisible again for a while: AWS's reads are not monotonic (§1.6). */
const RELAPSE_RATE = 0.25;

/**
 * Returns whether a reader is still behind. It sees the change after part of the lag; some readers then lose sight of it
 * once more, for part of the remaining lag. After the whole lag every reader sees it.
 * @param lag the longest delay of any reader
 * @param age the time since the change, in the same unit
 * @param random returns a number from 0 up to 1 for a purpose
 */
export function isStale(lag: number, age: number, random: (purpose: string) => number): boolean {
  if (age >= lag) return false;
  const first = random('first') * lag;
  if (age < first) return true;
  if (random('relapses') >= RELAPSE_RATE) return false;
  const start = first + random('start') * (lag - first);
  const end = start + random('length') * (lag - start);
  return age >= start && age < end;
}
