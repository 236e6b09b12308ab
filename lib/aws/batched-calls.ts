/** Calls that take lists: what several ask for in one moment goes out together. */
import { batchesOf } from './batches.ts';
import type { Clock } from '../model/clock.ts';

/** How long a moment lasts, milliseconds: pauses that end together do not end at once. */
const BATCH_WINDOW_MS = 10;

/** Answers for one key; the clock tells when the moment is over. */
export type BatchedCall<T> = (key: string, clock: Clock) => Promise<T>;

/**
 * Makes a question about one thing out of a call about several.
 * @param most how many things one call takes
 * @param call asks about some, none of them twice; what it says of each
 */
export function batched<T>(
  most: number,
  call: (keys: string[]) => Promise<(key: string) => T>,
): BatchedCall<T> {
  type Answers = ReadonlyMap<string, Promise<(key: string) => T>>;
  let moment: { readonly keys: Set<string>; readonly answers: Promise<Answers> } | undefined;
  const begin = (clock: Clock) => {
    const keys = new Set<string>();
    const answers = clock.sleep(BATCH_WINDOW_MS).then((): Answers => {
      moment = undefined;
      const batches = batchesOf([...keys], most).map((batch) => [batch, call(batch)] as const);
      return new Map(batches.flatMap(([batch, answer]) => batch.map((key) => [key, answer] as const)));
    });
    return { keys, answers };
  };
  return async (key, clock) => {
    moment ??= begin(clock);
    moment.keys.add(key);
    const answers = await moment.answers;
    return ((await answers.get(key)) as (key: string) => T)(key);
  };
}

/**
 * Makes a question of many out of one call now and then: who asks soon after another gets the same answer.
 * @param ms how old an answer may be, milliseconds
 */
export function cachedFor<T>(ms: number, call: () => Promise<T>): (clock: Pick<Clock, 'now'>) => Promise<T> {
  let last: { readonly at: number; readonly answer: Promise<T> } | undefined;
  return (clock) => {
    const at = clock.now();
    if (!last || at - last.at >= ms) last = { at, answer: call() };
    return last.answer;
  };
}

interface Store<K, T> {
  has(key: K): boolean;
  get(key: K): T | undefined;
  set(key: K, value: T): unknown;
}

const keptIn =
  <K, T>(made: Store<K, T>, make: (key: K) => T) =>
  (key: K): T => {
    if (!made.has(key)) made.set(key, make(key));
    return made.get(key) as T;
  };

/** Makes one thing for each owner, when first asked for: what those share who have the same clients. */
export const perClient = <O extends object, T>(make: (owner: O) => T): ((owner: O) => T) =>
  keptIn(new WeakMap<O, T>(), make);

/** The same for names. */
export const perName = <T>(make: (name: string) => T): ((name: string) => T) =>
  keptIn(new Map<string, T>(), make);
