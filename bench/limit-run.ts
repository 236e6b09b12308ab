/** Measures Slipway on the sandbox with AWS's durations, and compares each command with the time that AWS alone takes. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StackInput } from '../lib/config/schema.ts';
import type { TimedEvent } from '../lib/run/timeline.ts';
import { durations } from '../sandbox/world/durations.ts';
import { onCleanup } from './cleanup.ts';
import { inFolder } from './compare.ts';
import { provisionGraph, provisionLimit, teardownLimit, updateLimit } from './limits.ts';
import { freePort } from './local-server.ts';
import type { LongestPath } from '../lib/engine/longest-path.ts';
import { criticalPath, type Span } from './critical-path.ts';
import { runCommand } from './run-command.ts';
import { ROOT, slipwayCommand, stopSandbox } from './slipway.ts';
import { SURVEY, spansOf, START_UP, VERIFY } from './run-spans.ts';

/** One command compared with its limit, in seconds of this machine's clock. */
export interface LimitComparison {
  readonly work: string;
  readonly seconds: number;
  /** The minimum time: the time that AWS itself takes. */
  readonly limit: number;
  readonly path: readonly string[];
}

/** The result of measuring against the limit. */
export interface LimitRun {
  readonly works: readonly LimitComparison[];
  /** The spans of the first provision, and those on its critical path. */
  readonly spans: readonly Span[];
  readonly critical: readonly Span[];
}

const DEREGISTRATION_SECONDS = 10;
const INTERVAL_SECONDS = 5;
/** The timeout of a command, in seconds of AWS time. */
const TIMEOUT_SECONDS = 900;

/**
 * Returns the example stack, with images built from source.
 * @param round the value of an environment variable, so that another round is an update
 */
const stackOf = (round: number): StackInput => {
  const api = (name: string, port: number) => ({
    source: join(ROOT, 'services', name),
    port,
    path: `/${name}`,
    health: { path: '/health', intervalSeconds: INTERVAL_SECONDS, timeoutSeconds: 2 },
    environment: { ROUND: String(round), CATALOGUE_URL: 'http://localhost:6000' },
  });
  return {
    name: 'slipway',
    region: 'eu-west-1',
    domain: { name: 'api.slipway.localhost', zone: 'slipway.localhost', createZone: true },
    deregistrationDelaySeconds: DEREGISTRATION_SECONDS,
    services: { shop: { containers: { api1: api('api1', 5000), api2: api('api2', 6000) } } },
  };
};

/** Measures a first provision, an update and a teardown. @param pace the speed of the sandbox's time relative to AWS time */
export const measureAgainstLimit = (pace: number, log: (text: string) => void): Promise<LimitRun> =>
  inFolder(async (folder) => {
    const port = await freePort();
    const files = { config: join(folder, 'slipway.config.ts'), timeline: join(folder, 'timeline') };
    const env = {
      ...process.env,
      NO_UPDATE_NOTIFIER: '1',
      SLIPWAY_HOME: join(folder, '.slipway'),
      SLIPWAY_SANDBOX_PORT: String(port),
      SLIPWAY_SANDBOX_HTTP_PORT: '0',
      SLIPWAY_SANDBOX_PACE: String(pace),
      SLIPWAY_TIMELINE: files.timeline,
    };
    const stop = onCleanup(() => stopSandbox(env.SLIPWAY_HOME, port));
    const delays = { deregistration: DEREGISTRATION_SECONDS * 1000, interval: INTERVAL_SECONDS * 1000 };
    const works: LimitComparison[] = [];
    const measure = async (work: string, script: 'provision' | 'teardown', limit: LongestPath) => {
      const command = slipwayCommand(env, script, '--yes', '--config', files.config);
      const { seconds } = await runCommand({ ...command, timeoutSeconds: 60 + TIMEOUT_SECONDS / pace });
      works.push({ work, seconds, limit: limit.ms / 1000 / pace, path: limit.nodes });
      log(`${work}: ${seconds.toFixed(1)} s, the limit is ${(limit.ms / 1000 / pace).toFixed(1)} s`);
    };
    try {
      writeFileSync(files.config, `export default ${JSON.stringify(stackOf(1))};\n`);
      const start = Date.now();
      await measure('first provision', 'provision', provisionLimit());
      const spans = provisionSpans(files.timeline, start, Date.now(), pace);
      writeFileSync(files.config, `export default ${JSON.stringify(stackOf(2))};\n`);
      await measure('update', 'provision', updateLimit(delays));
      await measure('teardown', 'teardown', teardownLimit(delays));
      return { works, spans, critical: criticalPath(spans, spanGraph) };
    } finally {
      await stop();
    }
  });

const OPENING = 'load balancer opens';

/** The dependencies of each span of a provision: those of the architecture, and the phases before and after it. */
const spanGraph = {
  ...Object.fromEntries(
    Object.entries(provisionGraph).map(([node, needs]) => [node, [...needs, SURVEY] as readonly string[]]),
  ),
  services: [...(provisionGraph['services'] ?? []), OPENING, SURVEY],
  [SURVEY]: [START_UP],
  [START_UP]: [],
  [VERIFY]: ['record', 'services'],
};

/** Returns the run's spans. One more span is the time from the load balancer's step until the load balancer opens. */
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
  const row = spans.indexOf(balancer) + 1;
  return spans.toSpliced(row, 0, { ...opening, end: balancer.end + durations.loadBalancerCreate / pace });
}
