/** The topics of single views: the history of the deployments, the last run, the differences from the configuration, the sandbox. */
import type { Clock } from '../lib/model/clock.ts';
import { survey } from '../lib/engine/survey.ts';
import { isNotFound } from '../lib/aws/errors.ts';
import type { Target } from '../lib/config/config.ts';
import { lastRunFile, readLastRun } from '../lib/run/last-run.ts';
import type { Options } from '../lib/run/options.ts';
import type { DriftResult } from '../lib/run/results.ts';
import { historyOf } from '../history/entries.ts';
import { deployedServices } from '../history/named-service.ts';
import { readHistory } from '../history/read.ts';
import { historyJson } from '../history/text.ts';
import { noticeOf, type Held, type HeldSession } from './held-session.ts';
import type { Topic } from './topics.ts';

/** Milliseconds between two polls of each topic. */
const EVERY_MS: Readonly<Record<'history' | 'run' | 'changes' | 'sandbox', Record<Target, number>>> = {
  history: { sandbox: 3000, aws: 30_000 },
  run: { sandbox: 2000, aws: 2000 },
  // Each comparison builds the images from their sources.
  changes: { sandbox: 30_000, aws: 300_000 },
  sandbox: { sandbox: 1000, aws: 1000 },
};

/** Returns a topic whose poll may fail; a failure is shown as a notice. */
const topicOf = (name: keyof typeof EVERY_MS, options: Options, read: () => Promise<object>): Topic => ({
  name,
  everyMs: EVERY_MS[name][options.target],
  async poll() {
    try {
      return await read();
    } catch (error) {
      return { notice: noticeOf(error, options) };
    }
  },
});

/** The deployments of each service. */
export function historyTopic(held: HeldSession, options: Options, clock: Clock): Topic {
  async function read({ session }: Held): Promise<object> {
    const context = session.lookContext();
    const found = await survey(context, ['services', 'taskDefinitions']);
    const services = await Promise.all(
      deployedServices(found).map(async (key) => {
        const facts = await readHistory(context, key, found.services.get(key)?.serviceName);
        return historyJson(key, historyOf(facts, clock.now()), facts.olderCount);
      }),
    );
    return { services };
  }
  return topicOf('history', options, () =>
    held.use(async (session) =>
      read(session).catch((error: unknown) => {
        if (isNotFound(error)) return { services: [] };
        throw error;
      }),
    ),
  );
}

/** The last run that changed the stack, on this machine. @param folder of the state files */
export const runTopic = (options: Options, stack: () => Promise<string>, folder: string): Topic =>
  topicOf('run', options, async () => ({
    run: (await readLastRun(lastRunFile(await stack(), folder))) ?? null,
  }));

/** The differences from the configuration. @param compare does what `npm run drift` does */
export const changesTopic = (
  options: Options,
  clock: Clock,
  compare: (signal: AbortSignal) => Promise<DriftResult>,
): Topic => {
  const topic = topicOf('changes', options, () => Promise.resolve({}));
  return {
    ...topic,
    async poll(signal) {
      try {
        const { drift, configurationChanged, rollbacks, warnings } = await compare(signal);
        return {
          ...{ changes: drift.changes, counts: drift.counts, configurationChanged, rollbacks, warnings },
          at: new Date(clock.now()).toISOString(),
        };
      } catch (error) {
        return { notice: noticeOf(error, options) };
      }
    },
  };
};

/** The contents of the sandbox: resources by kind, calls, faults and weather. */
export const sandboxTopic = (held: HeldSession, options: Options): Topic =>
  topicOf('sandbox', options, () =>
    held.use(async ({ session }) => (await session.connectedTarget.sandbox?.contents?.()) ?? {}),
  );
