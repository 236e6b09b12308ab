/** For sweeps: breaks every call of a story in turn, and sees that all comes to its end. */
import { expect } from '@jest/globals';
import type { JournalEntry } from '../../sandbox/server/journal.ts';
import { account, type Account } from '../converge/harness.ts';
import { standing } from '../converge/moments.ts';
import { seedOf } from '../some.ts';
import { at, blows, spare, strike, type Blow, type BlowName, type Call, type Struck } from './blows.ts';
import { leapingClock } from './clock.ts';
import { write } from './report.ts';
import { stories, type Story, type StoryName } from './stories.ts';

/** Runs a story to its end, and what is to be seen then: everything once, and nothing after a teardown. */
export async function mend(user: Account, { run, wanted }: Story, whole: Readonly<Record<string, number>>) {
  await run(user);
  if (wanted) {
    expect(await user.up(wanted)).toEqual({ done: [], calls: [] });
    expect(user.census()).toEqual(whole);
    await user.down(wanted);
  }
  expect(user.census()).toEqual({});
}

const wholes = new Map<Story, Readonly<Record<string, number>>>();

/** The census of a story that nothing has gone wrong with. */
export async function wholeOf(story: Story): Promise<Readonly<Record<string, number>>> {
  const { wanted } = story;
  if (!wanted) return {};
  const known = wholes.get(story);
  if (known) return known;
  const user = await account({ clock: leapingClock() });
  await user.up(wanted);
  const whole = user.census();
  await user.close();
  wholes.set(story, whole);
  return whole;
}

/** An account as a story begins. */
export async function begun({ before, others }: Story): Promise<Account> {
  const user = before ? await standing(before, leapingClock) : await account({ clock: leapingClock() });
  await others?.(user);
  user.sandbox.journal.clear();
  return user;
}

/** A call of a story that nothing goes wrong with. */
interface QuietCall extends Call {
  readonly mutating: boolean;
  /** Whether every run makes it: how often something is looked at, and how often refused, is chance. */
  readonly sure: boolean;
}

const quiet = new Map<Story, readonly QuietCall[]>();

export async function callsOf(story: Story): Promise<readonly QuietCall[]> {
  const known = quiet.get(story);
  if (known) return known;
  const user = await begun(story);
  await story.run(user);
  const entries = user.sandbox.journal.entries();
  await user.close();
  const nameOf = ({ service, operation }: JournalEntry) => `${service} ${operation}`;
  const refused = new Set(entries.filter(({ result }) => result !== 'ok').map(nameOf));
  const made = new Map<string, number>();
  const calls = entries.map((entry) => {
    const { service, operation, mutating } = entry;
    const name = nameOf(entry);
    const nth = (made.get(name) ?? 0) + 1;
    made.set(name, nth);
    return { service, operation, nth, mutating, sure: nth === 1 || (mutating && !refused.has(name)) };
  });
  quiet.set(story, calls);
  return calls;
}

/** Those of some calls that a blow can strike. */
export const struckBy = (calls: readonly QuietCall[], blow: Blow): readonly QuietCall[] =>
  calls.filter(({ mutating }) => mutating || !blow.mutating);

/** What a run that was struck may say; not that something is wrong with us. */
export function expectForeseen(error: unknown): void {
  expect(error).toBeInstanceOf(Error);
  for (const mistake of [TypeError, RangeError, ReferenceError]) expect(error).not.toBeInstanceOf(mistake);
}

/**
 * Begins a story in which a blow is to fall.
 * @param tell what comes then
 * @returns whether the call was made, and struck
 */
export async function struckAt(
  story: Story,
  call: Call,
  blow: Blow,
  tell: (user: Account, struck: readonly Struck[]) => Promise<void>,
): Promise<boolean> {
  const user = await begun(story);
  const struck = strike(user, at(call, blow));
  try {
    await tell(user, struck);
    return struck.length > 0;
  } catch (error) {
    throw new Error(`call ${call.nth} of ${call.service} ${call.operation}`, { cause: error });
  } finally {
    await user.close();
  }
}

const one = (story: Story, blow: Blow, call: Call, whole: Readonly<Record<string, number>>) =>
  struckAt(story, call, blow, async (user, struck) => {
    await story.run(user).catch(expectForeseen);
    spare(user);
    if (struck.length > 0) await mend(user, story, whole);
  });

/** The ways in which a call is broken. */
export const ways = (Object.keys(blows) as BlowName[]).map((name): [BlowName] => [name]);

/** Breaks the calls of a story in one way, one after the other: all of them in a sweep, otherwise one, another one each time. */
export async function everyCall(storyName: StoryName, blowName: BlowName): Promise<void> {
  const story: Story = stories[storyName];
  const blow: Blow = blows[blowName];
  const whole = await wholeOf(story);
  const start = performance.now();
  const some = struckBy(await callsOf(story), blow);
  const surely = some.filter(({ sure }) => sure);
  const calls = process.env['SWEEP'] ? some : surely.slice(seedOf() % surely.length).slice(0, 1);
  const struck: QuietCall[] = [];
  for (const call of calls) if (await one(story, blow, call, whole)) struck.push(call);
  expect(struck.length).toBeGreaterThan(0);
  expect(struck).toEqual(expect.arrayContaining(calls.filter(({ sure }) => sure)));
  const operations = struck.map(({ service, operation }) => `${service} ${operation}`);
  write({ sweep: 'every call', story: storyName, blow: blowName, operations, ms: performance.now() - start });
}
