/** The condition of the stack, as the page shows it. */
import { asTyped } from '../build/typed-command.js';
import type { Survey } from '../lib/look/found.ts';
import type { Clock } from '../lib/model/clock.ts';
import { withStackFlags } from '../lib/run/command-line.ts';
import type { Options } from '../lib/run/options.ts';
import type { StatusResult } from '../lib/run/status-results.ts';
import { containersByGroup } from '../status/facts.ts';
import { LOOK_PERIODS, repeatedLook } from '../status/repeated-look.ts';
import { missingNotice, noticeOf, type HeldSession, type Notice } from './held-session.ts';
import type { Topic } from './topics.ts';

/** The value of the topic. */
export interface ShownStatus {
  /** Undefined until the first look has succeeded. */
  readonly status?: StatusResult | undefined;
  /** Why the data is missing, or old. */
  readonly notice?: Notice | undefined;
  /** When the data was read, in ISO 8601; only if it is old. */
  readonly staleSince?: string | undefined;
}

/** The messages of ECS that the page shows per service: all that ECS returns. */
const EVENTS = 100;

/** The last look, which other topics use, too. */
export interface LastLook {
  /** The container of each target group, by ARN: `<service>/<container>:<port>`. */
  containers: ReadonlyMap<string, string>;
  found: Survey | undefined;
}

export function statusTopic(held: HeldSession, options: Options, clock: Clock, last: LastLook): Topic {
  const { liveMs } = LOOK_PERIODS[options.target];
  const repeated = repeatedLook(options.target, clock, EVENTS);
  let shown: ShownStatus = {};
  let readAt = 0;

  return {
    name: 'status',
    everyMs: liveMs,
    async poll() {
      try {
        const { result, found } = await held.use(({ session, stackInfo }) =>
          repeated.look(session, stackInfo),
        );
        last.containers = containersByGroup(found.services);
        last.found = found;
        readAt = clock.now();
        const forUser = (advice: string) => asTyped(withStackFlags(advice, options));
        const notice = result.resources === 0 ? missingNotice(result.stack, forUser) : undefined;
        shown = { status: result, notice };
      } catch (error) {
        repeated.forget();
        shown = {
          ...shown,
          notice: noticeOf(error, options),
          ...(shown.status && { staleSince: new Date(readAt).toISOString() }),
        };
      }
      return shown;
    },
  };
}
