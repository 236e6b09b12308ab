/** `npm run bench`: measures speed, throughput and dropped requests, compared with Terraform, AWS's minimum, nginx and moto. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { aboutLines } from './about-lines.ts';
import { cleanUpAll, cleanUpOnSignals } from './cleanup.ts';
import { createSurroundings } from '../test/everything/surroundings.ts';
import { compare, type ComparisonSettings } from './compare.ts';
import { commandVerdicts } from './command-goals.ts';
import { measureCommands } from './command-times.ts';
import { everythingVerdicts } from './everything-goals.ts';
import { gantt } from './gantt.ts';
import { measureLocalTimes } from './local-times.ts';
import { measureIdle } from './idle.ts';
import { compareWithMinimum, MINIMUM_PARTS } from './minimum-run.ts';
import { hasMoto, startMoto, type Moto } from './moto.ts';
import { pageVerdicts } from './page-goals.ts';
import { hasChromium, measurePage } from './page-times.ts';
import { PICTURE, reportOf, pageWith } from './page.ts';
import { rolloutPageWith } from './rollout-page.ts';
import { measureRollouts } from './rollouts.ts';
import type { Results } from './results.ts';
import { ROOT, slipway, slipwayWithEverything } from './slipway.ts';
import { measureOwnTime } from './own-time.ts';
import {
  balancerVerdicts,
  failureVerdicts,
  localVerdicts,
  idleVerdicts,
  minimumVerdicts,
  ownVerdicts,
  rolloutVerdicts,
  verdicts,
  type SizeResult,
} from './goals.ts';
import { terraform, terraformSkipReason, terraformWithEverything } from './terraform.ts';
import { measureThroughput } from './throughput.ts';

const ALL_PARTS = 'compare,everything,own,commands,minimum,throughput,idle,page,rollouts,local';

const { values } = parseArgs({
  options: {
    /** The number of rounds; the contenders take turns in each. */
    rounds: { type: 'string', default: '3' },
    /** Numbers of containers behind the load balancer. If given, only the comparison with Terraform runs, at these sizes. */
    scale: { type: 'string' },
    /** Milliseconds that are added to each call. */
    delay: { type: 'string', default: '100' },
    /** The speed of the sandbox's time relative to AWS time, for the comparison with the minimum time. */
    pace: { type: 'string', default: '1' },
    /** The speed of the sandbox's time relative to AWS time, while dropped requests are counted. */
    'rollout-pace': { type: 'string', default: '10' },
    /** The parts of the comparison with the minimum time. */
    minimum: { type: 'string', default: MINIMUM_PARTS.join(',') },
    /** Parts of the names of the changes during which dropped requests are counted; all changes by default. */
    changes: { type: 'string', default: '' },
    /** The parts to measure. */
    only: { type: 'string', default: ALL_PARTS },
    json: { type: 'boolean', default: false },
    /** Whether to write the measured parts of docs/speed.md, with its picture, and of docs/rollouts.md. */
    write: { type: 'boolean', default: false },
  },
});

/** The number of containers of the first service; every other service has one container. */
const FIRST_SERVICE_CONTAINERS = 2;
/** The default sizes: the numbers of additional services. */
const SIZES = [0, 50];

/** The pace of the sandbox, in words. */
const PACE_TEXT = values.pace === '1' ? "AWS's own pace" : `${values.pace} times AWS's pace`;

const startTime = performance.now();
const log = (text: string): void => {
  process.stderr.write(`${((performance.now() - startTime) / 1000).toFixed(0).padStart(5)} s  ${text}\n`);
};
const failures: string[] = [];
const skipped: string[] = [];

/** Runs a part of the benchmark if it is selected. A failure is reported, and the other parts continue. */
async function runPart<T>(name: string, work: () => Promise<T>): Promise<T | undefined> {
  if (!(values.scale === undefined ? values.only : 'compare').split(',').includes(name)) return undefined;
  log(`measuring: ${name}`);
  try {
    return await work();
  } catch (error) {
    const text = `${name}: ${error instanceof Error ? error.message : String(error)}`;
    failures.push(text);
    log(`failed: ${text}`);
    return undefined;
  }
}

const scaledSizes = (): number[] =>
  values.scale?.split(',').map((containers) => Number(containers) - FIRST_SERVICE_CONTAINERS) ?? SIZES;

/** Compares the contenders with the stack with everything on. */
const compareWithEverything = (moto: Moto): Promise<SizeResult[]> =>
  compareContenders(moto, {
    contenders: [slipwayWithEverything, terraformWithEverything],
    sizes: [0],
    prepareAccount: createSurroundings,
  });

async function compareContenders(
  moto: Moto,
  { contenders, ...settings }: Pick<ComparisonSettings, 'contenders' | 'sizes' | 'prepareAccount'> = {
    contenders: [slipway, terraform],
    sizes: scaledSizes(),
  },
): Promise<SizeResult[]> {
  const skipReason = terraformSkipReason();
  if (skipReason !== undefined) skipped.push(`Terraform: ${skipReason}`);
  const measured = await compare({
    moto,
    contenders: skipReason === undefined ? contenders : contenders.slice(0, 1),
    ...settings,
    rounds: Number(values.rounds),
    delay: Number(values.delay),
    log,
  });
  failures.push(...measured.failures);
  return measured.sizes.flatMap(({ additionalServices, figures }) => {
    const slipwayFigures = figures.get(slipway.name);
    return slipwayFigures
      ? [{ additionalServices, slipway: slipwayFigures, terraform: figures.get(terraform.name) }]
      : [];
  });
}

/** Says which parts were measured, and when; undefined if all were. */
const partsNote = (): string | undefined =>
  values.only === ALL_PARTS
    ? undefined
    : `${new Date().toISOString().slice(0, 10)}, measured again in ${values.rounds === '1' ? 'one round' : `${values.rounds} rounds`}: ${values.only.replaceAll(',', ', ')}`;

async function bench(): Promise<Results> {
  // Compiles the commands in advance, as `npm ci` does.
  spawnSync(process.execPath, ['run.js'], { cwd: ROOT, stdio: 'inherit' });
  const moto = hasMoto() ? await startMoto() : undefined;
  if (!moto)
    skipped.push("the parts that need moto: moto_server is not installed (pip install 'moto[server]')");
  const sizes = (moto && (await runPart('compare', () => compareContenders(moto)))) ?? [];
  const everything = (moto && (await runPart('everything', () => compareWithEverything(moto)))) ?? [];
  const ownTime = moto && (await runPart('own', () => measureOwnTime(moto, Number(values.delay), log)));
  const commands = await runPart('commands', () => measureCommands(Number(values.delay), log));
  const minimumResults = await runPart('minimum', () =>
    compareWithMinimum(Number(values.pace), log, values.minimum.split(',')),
  );
  const throughput =
    (await runPart('throughput', () => measureThroughput(moto, log))) ??
    (await runPart('balancer', () => measureThroughput(moto, log, ['balancer'])));
  const idle = await runPart('idle', () => measureIdle(log));
  if (!hasChromium()) skipped.push('the page: chromium is not installed (apt-get install chromium)');
  const page = hasChromium() ? await runPart('page', () => measurePage(log)) : undefined;
  const rollouts = await runPart('rollouts', () =>
    measureRollouts(Number(values['rollout-pace']), log, values.changes.split(',')),
  );
  const localTimes = await runPart('local', () => measureLocalTimes(log));
  const allVerdicts = [
    ...verdicts(sizes),
    ...everythingVerdicts(everything),
    ...(minimumResults ? minimumVerdicts(minimumResults.workloads) : []),
    ...failureVerdicts(minimumResults?.failures ?? []),
    ...(ownTime ? ownVerdicts(ownTime) : []),
    ...(commands ? commandVerdicts(commands) : []),
    ...balancerVerdicts(throughput ?? []),
    ...(idle ? idleVerdicts(idle) : []),
    ...(page ? pageVerdicts(page) : []),
    ...(rollouts ? rolloutVerdicts(rollouts.results) : []),
    ...localVerdicts(localTimes ?? []),
  ];
  return {
    about: aboutLines(values, PACE_TEXT),
    sizes,
    everything,
    verdicts: allVerdicts,
    own: ownTime,
    commands,
    minimum: minimumResults,
    throughput,
    idle,
    page,
    rollouts,
    localTimes,
    skipped,
    failures,
  };
}

cleanUpOnSignals();
try {
  const results = await bench();
  process.stdout.write(values.json ? `${JSON.stringify(results, null, 2)}\n` : reportOf(results));
  if (values.write) {
    if (values.only !== 'rollouts') {
      const page = join(ROOT, 'docs', 'speed.md');
      writeFileSync(page, pageWith(readFileSync(page, 'utf8'), results, partsNote()));
    }
    if (results.rollouts) {
      const page = join(ROOT, 'docs', 'rollouts.md');
      writeFileSync(page, rolloutPageWith(readFileSync(page, 'utf8'), results.about, results.rollouts));
    }
    const { minimum: minimumResults } = results;
    const title = `A first provision on the sandbox, at ${PACE_TEXT}`;
    if (minimumResults && minimumResults.spans.length > 0) {
      const { spans, criticalSpans } = minimumResults;
      writeFileSync(join(ROOT, 'docs', PICTURE), gantt(title, spans, criticalSpans));
    }
  }
  if (results.failures.length > 0) process.exitCode = 1;
} finally {
  await cleanUpAll();
}
