/** For sweeps: breaks every call of a story in turn, and sees that all comes to its end. */
import { expect } from '@jest/globals';
import type { JournalEntry } from '../../sandbox/journal.ts';
import { account, type Account } from '../converge/harness.ts';
import { standing } from '../converge/moments.ts';
import { stack } from '../converge/stacks.ts';
import { blows, spare, strike, type Blow, type BlowName } from './blows.ts';
import { leapingClock } from './clock.ts';
import { seedOf, write } from './report.ts';
import { stories, type Story, type StoryName } from './stories.ts';

/** No story has as many calls. */
const MOST_CALLS = 400;

/** All of them in a sweep; otherwise one, another one each time. */
const IN_ALL = process.env['SWEEP'] !== undefined;

/** Brings about what a story wants, and what is to be seen then: everything once, and nothing after a teardown. */
export async function mend(user: Account, { wanted }: Story, whole: Readonly<Record<string, number>>) {
  if (wanted) {
    await user.up(wanted);
    expect(await user.up(wanted)).toEqual({ done: [], calls: [] });
    expect(user.census()).toEqual(whole);
  }
  await user.down(wanted ?? stack());
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
  wholes.set(story, whole);
  return whole;
}

/** An account as a story begins. */
export const begun = ({ before }: Story): Promise<Account> =>
  before ? standing(before, leapingClock) : account({ clock: leapingClock() });

/** @returns the operation that was struck; undefined past the last call */
async function one(story: Story, blow: Blow, nth: number, whole: Readonly<Record<string, number>>) {
  const user = await begun(story);
  const struck = strike(user, { blow, nth });
  await story.run(user).catch(() => undefined);
  spare(user);
  const [call] = struck;
  const operation = call && `${call.service} ${call.operation}`;
  try {
    if (operation !== undefined) await mend(user, story, whole);
    return operation;
  } catch (error) {
    throw new Error(`call ${nth}, ${operation}`, { cause: error });
  } finally {
    await user.close();
  }
}

const quiet = new Map<Story, readonly JournalEntry[]>();

/** The number of a call of a story that a blow can strike. A run does not always make its last ones. */
async function anyOf(story: Story, { mutating }: Blow): Promise<number> {
  let calls = quiet.get(story);
  if (!calls) {
    const user = await begun(story);
    await story.run(user);
    calls = user.sandbox.journal.entries();
    quiet.set(story, calls);
  }
  const struck = calls.filter((call) => call.mutating || !mutating);
  return 1 + (seedOf() % Math.floor(struck.length * 0.9));
}

/** The ways in which a call is broken. */
export const ways = (Object.keys(blows) as BlowName[]).map((name): [BlowName] => [name]);

/** Breaks the calls of a story in one way, one after the other. */
export async function everyCall(storyName: StoryName, blowName: BlowName): Promise<void> {
  const story: Story = stories[storyName];
  const blow: Blow = blows[blowName];
  const whole = await wholeOf(story);
  const start = performance.now();
  const only = IN_ALL ? undefined : await anyOf(story, blow);
  const operations: string[] = [];
  for (let nth = only ?? 1; ; nth += 1) {
    expect(nth).toBeLessThan(MOST_CALLS);
    const operation = await one(story, blow, nth, whole);
    if (operation === undefined) break;
    operations.push(operation);
    if (only !== undefined) break;
  }
  expect(operations.length).toBeGreaterThan(IN_ALL ? 2 : 0);
  write({ sweep: 'every call', story: storyName, blow: blowName, operations, ms: performance.now() - start });
}
