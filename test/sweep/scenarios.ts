/** For sweeps: what a run does whose every call is broken in turn, and what is to be there at last. */
import type { StackInput } from '../../lib/config/schema.ts';
import type { Account } from '../converge/harness.ts';
import { stack, web } from '../converge/stacks.ts';
import { taken, takeOver } from '../converge/foreign-resources.ts';

export interface Story {
  /** What is there before the run. */
  readonly before?: StackInput;
  /** What somebody else does to it. */
  readonly others?: (user: Account) => Promise<void>;
  readonly run: (user: Account) => Promise<unknown>;
  /** What the run brings about; nothing when it is a teardown. */
  readonly wanted?: StackInput;
}

const ported = stack({ services: web({ api1: { port: 5001 } }) });
const secured = stack({
  services: web({ api1: { protocol: 'HTTPS', image: 'public.ecr.aws/shop/api1:2' } }),
});
const deployed = stack({ services: web({ api1: { image: 'public.ecr.aws/shop/api1:2' } }) });

const adopt = taken.map(([address]) => address);

export const stories = {
  'a first provision': { run: (user) => user.up(stack()), wanted: stack() },
  'a replaced target group': { before: stack(), run: (user) => user.up(ported), wanted: ported },
  'a replaced service': { before: stack(), run: (user) => user.up(secured), wanted: secured },
  'a rolling deploy': { before: stack(), run: (user) => user.up(deployed), wanted: deployed },
  'an adoption': {
    before: stack(),
    others: async (user) => {
      for (const [address, tags] of taken) await takeOver(user, address, tags);
    },
    run: (user) => user.up(stack(), { adopt }),
    wanted: stack(),
  },
  'a teardown': { before: stack(), run: (user) => user.down(stack()) },
} satisfies Record<string, Story>;

export type StoryName = keyof typeof stories;
