/** Looks at a stack again and again: at everything now and then, and at what changes while tasks start and stop in between. */
import { survey } from '../lib/engine/survey.ts';
import type { Target } from '../lib/config/config.ts';
import type { Survey } from '../lib/look/found.ts';
import { nounsToTearDown, type Noun } from '../lib/model/architecture.ts';
import type { Clock } from '../lib/model/clock.ts';
import type { StackInfo } from '../lib/run/results.ts';
import { lookAtStack, type LookingSession, type StackLook } from './look.ts';

/** The nouns that change while tasks start and stop. */
const LIVE_NOUNS: readonly Noun[] = ['rules', 'targetGroups', 'taskDefinitions', 'services'];

/** Milliseconds between two looks at what runs, and between two looks at everything, on each target. */
export const LOOK_PERIODS = {
  sandbox: { liveMs: 1500, fullMs: 20_000 },
  aws: { liveMs: 10_000, fullMs: 120_000 },
} as const satisfies Record<Target, object>;

/** Looks at one stack. */
export interface RepeatedLook {
  look(session: LookingSession, stackInfo: StackInfo): Promise<StackLook>;
  /** Makes the next look one at everything. */
  forget(): void;
}

/**
 * @param maxEvents the number of messages of ECS per service
 * @param surveyed the survey for the first look, if there already is one
 */
export function repeatedLook(
  target: Target,
  clock: Pick<Clock, 'now'>,
  maxEvents?: number,
  surveyed?: Survey,
): RepeatedLook {
  const { fullMs } = LOOK_PERIODS[target];
  let first = surveyed;
  let full: { readonly found: Survey; readonly url: string | null; readonly at: number } | undefined;
  return {
    async look(session, stackInfo) {
      const context = session.lookContext();
      const last = full !== undefined && clock.now() - full.at < fullMs ? full : undefined;
      const found =
        last === undefined
          ? (first ?? (await survey(context, nounsToTearDown)))
          : { ...last.found, ...(await liveSurvey(context)) };
      first = undefined;
      const seen = await lookAtStack(session, stackInfo, found, last?.url, maxEvents);
      const { url, resources, services } = seen.result;
      if (last === undefined) full = { found, url, at: clock.now() };
      // A run may be creating the rest of the stack.
      if (resources === 0 || services.some(({ revision }) => revision === null)) full = undefined;
      return seen;
    },
    forget: () => (full = undefined),
  };
}

/** Looks at the nouns that change while tasks start and stop. */
async function liveSurvey(context: Parameters<typeof survey>[0]): Promise<Partial<Survey>> {
  const found = await survey(context, LIVE_NOUNS);
  return Object.fromEntries(LIVE_NOUNS.map((noun) => [noun, found[noun]]));
}
