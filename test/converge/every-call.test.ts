// Each call of a run in turn is refused, or has its effect and loses its answer: the next run brings all to its end.
import { expect, test } from '@jest/globals';
import type { Fault } from '../../sandbox/faults.ts';
import { account, type Account } from './harness.ts';
import { stack, web } from './stacks.ts';

const other = stack({ services: web({ api1: { port: 5001 } }) });
const secure = stack({ services: web({ api1: { protocol: 'HTTPS' } }) });
/** What is there before, what runs, what is to be there at last. */
const stories = {
  'a first provision': {
    before: async () => undefined,
    run: (user: Account) => user.up(stack()),
    wanted: stack(),
  },
  'a replaced target group': {
    before: (user: Account) => user.up(stack()),
    run: (user: Account) => user.up(other),
    wanted: other,
  },
  'a replaced service': {
    before: (user: Account) => user.up(stack()),
    run: (user: Account) => user.up(secure),
    wanted: secure,
  },
  'a teardown': {
    before: (user: Account) => user.up(stack()),
    run: (user: Account) => user.down(stack()),
    wanted: undefined,
  },
} as const;

const kinds: Record<string, (nth: number) => Fault> = {
  refused: (nth) => ({
    kind: 'refused',
    code: 'AccessDenied',
    message: 'by the test',
    status: 403,
    mutating: true,
    nth,
  }),
  'answer lost': (nth) => ({ kind: 'answer-lost', mutating: true, nth }),
};

/** A revision that could not be deregistered stays until the next change, and does nothing. */
function withoutRevisions(user: Account, struck: string | undefined): Readonly<Record<string, number>> {
  const { 'ecs.taskDefinitions': revisions = 0, ...others } = user.census();
  return struck === 'DeregisterTaskDefinition' ? others : { ...others, 'ecs.taskDefinitions': revisions };
}

/** All of them with SWEEP=1; otherwise every sixteenth, from another one each time. */
const STEP = process.env['SWEEP'] ? 1 : 16;
const first = process.env['SWEEP'] ? 1 : 1 + Math.floor(Math.random() * STEP);

test.each(Object.keys(stories).flatMap((story) => Object.keys(kinds).map((kind) => [story, kind] as const)))(
  '%s, a call %s',
  async (name, kind) => {
    const { before, run, wanted } = stories[name as keyof typeof stories];
    const whole = await account();
    if (wanted) await whole.up(wanted);
    for (let nth = first; ; nth += STEP) {
      const user = await account();
      await before(user);
      user.sandbox.faults.add((kinds[kind] as (nth: number) => Fault)(nth));
      await run(user).catch(() => undefined);
      // Past the last call.
      if (user.sandbox.faults.waiting().length > 0) break;
      const struck = user.sandbox.journal.entries().find(({ fault }) => fault !== undefined)?.operation;
      if (wanted) {
        await user.up(wanted);
        expect({ struck, plan: await user.plan(wanted) }).toEqual({ struck, plan: [] });
        expect({ struck, census: withoutRevisions(user, struck) }).toEqual({
          struck,
          census: withoutRevisions(whole, struck),
        });
      }
      await user.down(wanted ?? stack());
      expect({ struck, census: user.census() }).toEqual({ struck, census: {} });
      expect(nth).toBeLessThan(100);
    }
  },
  600_000,
);
