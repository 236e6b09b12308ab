/** Decides whether a reader sees a recent change. Each reader has its own delay, and some lose sight of a change again. */

/** The fraction of changes that become invisible again for a while, since AWS's reads are not monotonic (§1.6). */
const RELAPSE_RATE = 0.25;

/**
 * Whether a reader does not see a change at the moment. Each reader sees the change after part of the lag. Some readers
 * then lose sight of it once, for part of the remaining lag. After the whole lag, every reader sees it.
 * @param lag the maximum delay of any reader
 * @param age the time since the change, in the same unit
 * @param random returns a number in [0, 1) for a purpose
 */
export function isChangeHidden(lag: number, age: number, random: (purpose: string) => number): boolean {
  if (age >= lag) return false;
  const delay = random('first') * lag;
  if (age < delay) return true;
  if (random('relapses') >= RELAPSE_RATE) return false;
  const start = delay + random('start') * (lag - delay);
  const end = start + random('length') * (lag - start);
  return age >= start && age < end;
}
