/** Measures Slipway on the sandbox with AWS's durations, and compares each command with the time that AWS alone takes. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StackInput } from '../lib/config/schema.ts';
import type { TimedEvent } from '../lib/run/timeline.ts';
import { durations } from '../sandbox/world/durations.ts';
import { onCleanup } from './cleanup.ts';
import { withTemporaryFolder } from './compare.ts';
import { provisionGraph, provisionMinimum, teardownMinimum, updateMinimum } from './minimum-times.ts';
import { measureFailures, type FailureTime } from './failure-times.ts';
import { freePort } from './local-server.ts';
import type { LongestPath } from '../lib/engine/longest-path.ts';
import { criticalPath, type Span } from '../lib/engine/critical-path.ts';
import { runCommand } from './run-command.ts';
import { ROOT, slipwayCommand, stopSandbox } from './slipway.ts';
import { SURVEY, spansOf, START_UP, VERIFY } from './run-spans.ts';

/** One command compared with its minimum time. Times are in seconds of real time, not of AWS time. */
export interface MinimumComparison {
  readonly workload: string;
  readonly seconds: number;
  /** The minimum time: the time that AWS itself takes. */
  readonly minimum: number;
  /** The steps that add up to the minimum time. */
  readonly path: readonly string[];
}

export const MINIMUM_PARTS = ['first', 'update', 'defaults', 'failures', 'teardown'] as const;
/** The comparison of all commands with their minimum times. */
export interface MinimumResults {
  readonly workloads: readonly MinimumComparison[];
  /** The duration of the same update with AWS's default settings, in seconds. */
  readonly secondsWithDefaults?: number | undefined;
  /** The times of updates that cannot succeed. */
  readonly failures?: readonly FailureTime[];
  /** The spans of the first provision; empty if it was not measured. */
  readonly spans: readonly Span[];
  /** The spans on the critical path of the first provision. */
  readonly criticalSpans: readonly Span[];
}

const DEREGISTRATION_SECONDS = 10;
const HEALTH_CHECK_INTERVAL_SECONDS = 5;
const DELAYS = {
  deregistration: DEREGISTRATION_SECONDS * 1000,
  healthCheckInterval: HEALTH_CHECK_INTERVAL_SECONDS * 1000,
};
/** The settings that determine how long an update takes. */
interface UpdateSettings {
  readonly deregistrationDelaySeconds: number;
  readonly health: { readonly intervalSeconds: number; readonly healthyThreshold?: number };
}
const SHORT_SETTINGS: UpdateSettings = {
  deregistrationDelaySeconds: DEREGISTRATION_SECONDS,
  health: { intervalSeconds: HEALTH_CHECK_INTERVAL_SECONDS },
};
/**
 * The settings that AWS uses if none are given.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
 */
const AWS_DEFAULTS: UpdateSettings = {
  deregistrationDelaySeconds: 300,
  health: { intervalSeconds: 30, healthyThreshold: 5 },
};

/** The timeout of a command, in seconds of AWS time. */
const TIMEOUT_SECONDS = 900;

/**
 * Returns the example stack, whose images are built from source.
 * @param version the value of an environment variable. If it changes, the next provision is an update.
 * @param settings the settings that determine how long an update takes
 * @param command the command of the first container, by default the one of its image
 */
const stackOf = (
  version: number,
  settings: UpdateSettings = SHORT_SETTINGS,
  command?: readonly string[],
): StackInput => {
  const api = (name: string, port: number) => ({
    source: join(ROOT, 'services', name),
    port,
    path: `/${name}`,
    health: { path: '/health', timeoutSeconds: 2, ...settings.health },
    environment: { ROUND: String(version), CATALOGUE_URL: 'http://localhost:6000' },
  });
  return {
    name: 'slipway',
    region: 'eu-west-1',
    domain: { name: 'api.slipway.localhost', zone: 'slipway.localhost', createZone: true },
    deregistrationDelaySeconds: settings.deregistrationDelaySeconds,
    services: {
      shop: {
        containers: {
          api1: { ...api('api1', 5000), ...(command ? { command: [...command] } : {}) },
          api2: api('api2', 6000),
        },
      },
    },
  };
};

/** The pace at which a stack is provisioned if its first provision is not measured. */
const SETUP_PACE = 60;

/**
 * Measures a first provision, updates and a teardown, and compares each with its minimum time.
 * @param pace the speed of the sandbox's time relative to AWS time
 * @param parts the parts to measure
 */
export const compareWithMinimum = (
  pace: number,
  log: (text: string) => void,
  parts: readonly string[] = MINIMUM_PARTS,
): Promise<MinimumResults> =>
  withTemporaryFolder(async (folder) => {
    const port = await freePort();
    const files = { config: join(folder, 'slipway.config.ts'), timeline: join(folder, 'timeline') };
    const env = {
      ...process.env,
      NO_UPDATE_NOTIFIER: '1',
      SLIPWAY_HOME: join(folder, '.slipway'),
      SLIPWAY_SANDBOX_PORT: String(port),
      SLIPWAY_SANDBOX_HTTP_PORT: '0',
      SLIPWAY_TIMELINE: files.timeline,
    };
    const stop = onCleanup(() => stopSandbox(env.SLIPWAY_HOME, port));
    const workloads: MinimumComparison[] = [];
    const run = async (
      script: 'provision' | 'teardown',
      stack?: StackInput,
      { expectedCode = 0, sandboxPace = pace } = {},
    ) => {
      if (stack) writeFileSync(files.config, `export default ${JSON.stringify(stack)};\n`);
      const paced = { ...env, SLIPWAY_SANDBOX_PACE: String(sandboxPace) };
      const command = slipwayCommand(paced, script, '--yes', '--config', files.config);
      const timeoutSeconds = 60 + TIMEOUT_SECONDS / sandboxPace;
      return (await runCommand({ ...command, timeoutSeconds, expectedCodes: [expectedCode] })).seconds;
    };
    const measure = async (workload: string, minimum: LongestPath, ...inputs: Parameters<typeof run>) => {
      const seconds = await run(...inputs);
      workloads.push({ workload, seconds, minimum: minimum.ms / 1000 / pace, path: minimum.nodes });
      log(`${workload}: ${seconds.toFixed(1)} s, the minimum is ${(minimum.ms / 1000 / pace).toFixed(1)} s`);
    };
    const isMeasured = (part: (typeof MINIMUM_PARTS)[number]) => parts.includes(part);
    try {
      const start = Date.now();
      if (isMeasured('first')) await measure('first provision', provisionMinimum(), 'provision', stackOf(1));
      else {
        await run('provision', stackOf(1), { sandboxPace: SETUP_PACE });
        await stopSandbox(env.SLIPWAY_HOME, port);
        // The next sandbox starts the task again. An update is measured only once that task serves.
        await run('provision');
      }
      const spans = isMeasured('first') ? provisionSpans(files.timeline, start, Date.now(), pace) : [];
      if (isMeasured('update')) await measure('update', updateMinimum(DELAYS), 'provision', stackOf(2));
      const secondsWithDefaults = isMeasured('defaults') ? await measureDefaults(2, run, log) : undefined;
      const failures = isMeasured('failures')
        ? await measureFailures(port, log, (command) =>
            run('provision', stackOf(3, SHORT_SETTINGS, command), { expectedCode: 1 }),
          )
        : [];
      if (isMeasured('teardown')) await measure('teardown', teardownMinimum(DELAYS), 'teardown');
      const criticalSpans = spans.length > 0 ? criticalPath(spans, spanGraph) : [];
      return { workloads, secondsWithDefaults, failures, spans, criticalSpans };
    } finally {
      await stop();
    }
  });

/** The span from the end of the load balancer's step until the load balancer opens. */
const OPENING = 'load balancer opens';

/**
 * Measures an update of the same stack with AWS's default settings. The default settings are applied before, in a run that is not
 * measured, and taken back afterwards.
 * @param version the deployed version
 * @returns the duration of the update, in seconds
 */
async function measureDefaults(
  version: number,
  run: (script: 'provision', stack: StackInput) => Promise<number>,
  log: (text: string) => void,
): Promise<number> {
  await run('provision', stackOf(version, AWS_DEFAULTS));
  const seconds = await run('provision', stackOf(version + 1, AWS_DEFAULTS));
  log(`update with AWS's default settings: ${seconds.toFixed(1)} s`);
  await run('provision', stackOf(version + 1));
  return seconds;
}

/** The dependencies of each span of a provision: those in the architecture, and those between the phases. */
const spanGraph = {
  ...Object.fromEntries(
    Object.entries(provisionGraph).map(([node, needs]) => [node, [...needs, SURVEY] as readonly string[]]),
  ),
  services: [...(provisionGraph['services'] ?? []), OPENING, SURVEY],
  [SURVEY]: [START_UP],
  [START_UP]: [],
  [VERIFY]: ['record', 'services'],
};

/** Returns the spans of a recorded provision, including the span in which the load balancer opens. */
function provisionSpans(file: string, start: number, end: number, pace: number): Span[] {
  const events = existsSync(file)
    ? readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as TimedEvent)
    : [];
  const spans = spansOf(events, start, end);
  const balancer = spans.find(({ node }) => node === 'loadBalancer');
  if (!balancer) return spans;
  const opening = { node: OPENING, label: OPENING, start: balancer.end };
  const openingIndex = spans.indexOf(balancer) + 1;
  return spans.toSpliced(openingIndex, 0, {
    ...opening,
    end: balancer.end + durations.loadBalancerCreate / pace,
  });
}
