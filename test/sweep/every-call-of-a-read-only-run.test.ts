// Each call of a plan and of a drift in turn goes wrong, in every way: what is told is what is so, or a problem, and nothing changes.
import { expect, test } from '@jest/globals';
import type { Account } from '../converge/harness.ts';
import { stack } from '../converge/stacks.ts';
import { blows, spare, type Blow, type BlowName, type Call } from './call-failures.ts';
import { begun, callsOf, expectForeseen, struckAt } from './every-call.ts';
import { write } from './report.ts';
import { stories } from './scenarios.ts';

const asked = stories['a replaced target group'].wanted;

/** What somebody who is to be told something runs. */
const looks = {
  'a plan': { before: stack(), run: (user: Account): Promise<unknown> => user.plan(asked) },
  'a drift': { before: stack(), run: async (user: Account) => (await user.drift(stack())).json },
};
type Look = keyof typeof looks;

/** Nothing is mutating here, so that some blows would strike no call. */
const striking = (Object.keys(blows) as BlowName[]).filter((name) => !(blows[name] as Blow).mutating);
const ways = (Object.keys(looks) as Look[]).flatMap((look) =>
  striking.map((way): [string, Look, BlowName] => [`${look}, ${way}`, look, way]),
);

const one = (look: Look, blow: Blow, call: Call, quiet: unknown) =>
  struckAt(looks[look], call, blow, async (user) => {
    const { run } = looks[look];
    const { state } = user.moment();
    const told = await run(user).catch(expectForeseen);
    if (told !== undefined) expect(told).toEqual(quiet);
    spare(user);
    expect(user.sandbox.journal.entries().filter(({ mutating }) => mutating)).toEqual([]);
    expect(user.moment().state).toBe(state);
    expect(await run(user)).toEqual(quiet);
  });

test.each(ways)(
  '%s',
  async (_title, look, way) => {
    const user = await begun(looks[look]);
    const quiet = await looks[look].run(user);
    await user.close();
    const calls = await callsOf(looks[look]);
    const start = performance.now();
    for (const call of calls) expect([call, await one(look, blows[way], call, quiet)]).toEqual([call, true]);
    const operations = calls.map(({ service, operation }) => `${service} ${operation}`);
    write({ sweep: 'every call', story: look, blow: way, operations, ms: performance.now() - start });
  },
  1_800_000,
);
