/** Renders results: the printed report, and the generated part of docs/speed.md. Pure. */
import type { FailureTime } from './failure-times.ts';
import type { SizeResult } from './goals.ts';
import { mergedResults } from './merged-page.ts';
import type { LocalTime } from './local-times.ts';
import type { PageTimes } from './page-times.ts';
import type { Results } from './results.ts';
import { rolloutTable } from './rollout-page.ts';
import { comparisonTable, callsTable, ratioText, table, verdictTable } from './table.ts';

/** The part of the page above this line is handwritten; the part below it is generated. */
const MARK = '<!-- Below this line: npm run bench -- --write -->';

/** The file name of the picture beside the page. */
export const PICTURE = 'speed.svg';

/**
 * Returns the page with its generated part replaced.
 * @param note if only some parts were measured: says which, and when. Then the other figures stay as they are.
 */
export function pageWith(text: string, results: Results, note?: string): string {
  const [written = '', earlier = ''] = text.split(MARK);
  const measured = sections(results, true).join('\n\n');
  const generated = note === undefined ? measured : mergedResults(earlier, measured, note);
  return `${written}${MARK}\n\n${generated}\n`;
}

/** Returns the printed report. */
export const reportOf = (results: Results): string => `${sections(results, false).join('\n\n')}\n`;

function sections(results: Results, isPage: boolean): string[] {
  const {
    about,
    sizes,
    everything,
    verdicts,
    minimum: minimumResults,
    throughput,
    idle,
    page,
    rollouts,
    localTimes,
    skipped,
    failures,
  } = results;
  const heading = (text: string) => (isPage ? `## ${text}` : text);
  const list = (lines: readonly string[]) => lines.map((line) => `- ${line}`).join('\n');
  return [
    list(about),
    ...(verdicts.length > 0 ? [heading('Goals'), verdictTable(verdicts)] : []),
    ...(sizes.length > 0 ? [heading('Compared with Terraform'), comparisonTable(sizes)] : []),
    ...(everything.length > 0
      ? [heading('With everything on, compared with Terraform'), comparisonTable(everything)]
      : []),
    ...sizes.slice(0, 1).flatMap((size) => [heading(callsHeading(size)), callsTable(size)]),
    ...(minimumResults
      ? [
          heading('Compared with the minimum'),
          minimumTable(minimumResults.workloads),
          list([
            ...pathsOf(minimumResults.workloads),
            ...(minimumResults.secondsWithDefaults === undefined
              ? []
              : [defaultsText(minimumResults.secondsWithDefaults)]),
          ]),
        ]
      : []),
    ...(minimumResults?.failures?.length
      ? [heading('Updates that cannot succeed'), failureTable(minimumResults.failures)]
      : []),
    ...(minimumResults && isPage ? [`![The steps of a first provision over time](${PICTURE})`] : []),
    ...(throughput ? [heading('Throughput of the sandbox'), throughputTable(throughput)] : []),
    ...(localTimes?.length ? [heading('Changes on the sandbox'), localTable(localTimes)] : []),
    ...(idle ? [heading('Idle sandbox'), list([idleText(idle)])] : []),
    ...(page ? [heading('The page'), pageTable(page)] : []),
    ...(rollouts && !isPage ? [heading('Dropped requests'), rolloutTable(rollouts)] : []),
    ...(skipped.length > 0 ? [list(skipped.map((text) => `skipped: ${text}`))] : []),
    ...(failures.length > 0 ? [list(failures.map((text) => `failed: ${text.split('\n')[0] ?? ''}`))] : []),
  ];
}

const localTable = (times: readonly LocalTime[]): string =>
  table([
    ['change', 'until it serves', 'whole command', 'lost requests'],
    ...times.map(({ what, served, ended, lost }) => [
      what,
      `${served.toFixed(2)} s`,
      ended === undefined ? '' : `${ended.toFixed(1)} s`,
      String(lost),
    ]),
  ]);

const callsHeading = ({ terraform }: SizeResult): string =>
  terraform ? 'Calls by service: reads + writes, Slipway / Terraform' : 'Calls by service: reads + writes';

const idleText = ({ percent, seconds }: NonNullable<Results['idle']>): string =>
  `the sandbox, the containers of the example and their health checks used ${percent.toFixed(2)} % of a core during ${seconds} s`;

const pageTable = ({ firstPaintMs, framesPerSecond, requestsPerSecond, bytes }: PageTimes): string =>
  table([
    ['of `npm run dashboard`', 'measured', 'goal'],
    ['first paint', `${firstPaintMs.toFixed(0)} ms`, 'at most 500 ms'],
    [`frames per second at ${requestsPerSecond.toFixed(0)} requests/s`, framesPerSecond.toFixed(0), '60'],
    ['all files', `${(bytes / 1024).toFixed(0)} KiB`, 'at most 146 KiB'],
  ]);

type ComparedWorkloads = NonNullable<Results['minimum']>['workloads'];

const minimumTable = (workloads: ComparedWorkloads): string =>
  table([
    ['workload', 'Slipway', 'minimum', 'ratio'],
    ...workloads.map(({ workload, seconds, minimum }) => [
      workload,
      `${seconds.toFixed(1)} s`,
      `${minimum.toFixed(1)} s`,
      ratioText(seconds / minimum),
    ]),
  ]);

const failureTable = (failures: readonly FailureTime[]): string =>
  table([
    ['fault of the new version', 'whole command', "from AWS's report to the end"],
    ...failures.map(({ what, seconds, secondsAfterReport }) => [
      what,
      `${seconds.toFixed(1)} s`,
      `${secondsAfterReport.toFixed(1)} s`,
    ]),
  ]);

const defaultsText = (seconds: number): string =>
  `the same update with AWS's default settings (a deregistration delay of 300 s, and health checks every 30 s) took ${seconds.toFixed(1)} s`;

const pathsOf = (workloads: ComparedWorkloads): string[] =>
  workloads.map(({ workload, path }) => `the critical path of the ${workload}: ${path.join(' → ')}`);

const throughputTable = (measured: NonNullable<Results['throughput']>): string =>
  table([
    ['per second', 'sandbox', 'other program', 'ratio'],
    ...measured.map(({ what, sandbox, other, otherName }) => [
      what,
      String(Math.round(sandbox)),
      other === undefined ? `${otherName} is not installed` : `${otherName} ${Math.round(other)}`,
      other === undefined ? '' : ratioText(sandbox / other),
    ]),
  ]);
