/** Records the last run that changed a stack: when each step began and ended, and which steps determined its duration. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { criticalPath } from '../engine/critical-path.ts';
import type { Graph } from '../engine/longest-path.ts';
import { pastTense, type Event, type Report, type StageOfSteps } from '../model/report.ts';
import { addressOf } from '../model/resources.ts';
import { writeAtomically } from '../state/private-file.ts';

const stepFormat = z.object({
  /** The resource, e.g. `services.shop`; or the survey before the first step, or the verification after the last one. */
  address: z.string(),
  /** Empty for a part of the run that is not a step. */
  noun: z.string(),
  /** Milliseconds since the start of the run. */
  start: z.number(),
  end: z.number(),
  /** `created`, `updated`, `replaced` or `removed`; `stopped` for a step that had not ended when the run ended. */
  status: z.string(),
  /** What it waited for last, or the id of the resource. */
  text: z.string(),
  /** Whether it is on the critical path. */
  isCritical: z.boolean(),
});

const runFormat = z.object({
  version: z.literal(1),
  /** The command, e.g. `provision`. */
  command: z.string(),
  stack: z.string(),
  /** In ISO 8601. */
  startedAt: z.string(),
  /** Milliseconds. */
  duration: z.number(),
  outcome: z.enum(['done', 'failed', 'interrupted']),
  /** In the order in which they began. */
  steps: z.array(stepFormat),
});

/** The record of a run. */
export type LastRun = z.infer<typeof runFormat>;

/** Returns a part of the run that is not a step, but always on the critical path. */
const phaseStep = (address: string, start: number, end: number): LastRun['steps'][number] => ({
  ...{ address, start, end },
  ...{ noun: '', text: '', status: 'done', isCritical: true },
});

/** The statuses of steps that have ended. */
const ENDED: ReadonlySet<string> = new Set(Object.values(pastTense));

/** Returns the file with the last run of a stack. Its name ends unlike that of a state file. */
export const lastRunFile = (stack: string, folder: string): string => join(folder, `.${stack}.last-run`);

/** Reads the last run of a stack; undefined if there is no record, or if it is damaged. */
export async function readLastRun(file: string): Promise<LastRun | undefined> {
  try {
    return runFormat.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}

/** A run that is being recorded. */
export class RunRecord {
  readonly #now: () => number;
  readonly #start: number;
  readonly #steps = new Map<string, LastRun['steps'][number] & { hasEnded: boolean }>();
  #stages: readonly StageOfSteps[] = [];
  /** When the plan was ready, in milliseconds since the start. */
  #plannedAt = 0;

  /** @param now milliseconds since 1970 */
  constructor(now: () => number) {
    this.#now = now;
    this.#start = now();
  }

  /** Returns a report that also records the steps. */
  recording(report: Report): Report {
    return (event) => {
      this.#receive(event);
      report(event);
    };
  }

  #receive(event: Event): void {
    if (event.type === 'steps') {
      this.#stages = event.stages;
      this.#plannedAt = this.#now() - this.#start;
    }
    if (event.type !== 'resource') return;
    const { noun, key, status, text, elapsed = 0 } = event;
    const hasEnded = ENDED.has(status);
    if (!hasEnded && status !== 'started' && status !== 'waiting') return;
    const address = addressOf(noun, key);
    const now = this.#now() - this.#start;
    const known = this.#steps.get(address);
    const start = hasEnded ? now - elapsed : (known?.start ?? now - elapsed);
    this.#steps.set(address, {
      ...{ address, noun, text, hasEnded },
      start: Math.max(0, start),
      end: now,
      status: hasEnded ? status : 'stopped',
      isCritical: false,
    });
  }

  /** Returns the record; undefined if the run took no step. */
  result(run: Pick<LastRun, 'command' | 'stack' | 'outcome'>): LastRun | undefined {
    if (this.#steps.size === 0) return undefined;
    const duration = this.#now() - this.#start;
    const spans = [...this.#steps.values()]
      .map(({ hasEnded, ...step }) => ({ ...step, end: hasEnded ? step.end : duration }))
      .sort((one, other) => one.start - other.start || one.end - other.end);
    const path = new Set(
      criticalPath(
        spans.map(({ address, noun, start, end }) => ({ node: noun, label: address, start, end })),
        this.#graph(),
      ).map(({ label }) => label),
    );
    return {
      version: 1,
      ...run,
      startedAt: new Date(this.#start).toISOString(),
      duration,
      steps: [
        phaseStep('survey and plan', 0, this.#plannedAt),
        ...spans.map((step) => ({ ...step, isCritical: path.has(step.address) })),
        phaseStep('verification', Math.max(...spans.map(({ end }) => end)), duration),
      ].filter(({ start, end, noun }) => noun !== '' || end > start),
    };
  }

  /** Writes the record. If that fails, only the chart of the run is missing. */
  async save(file: string, run: Pick<LastRun, 'command' | 'stack' | 'outcome'>): Promise<void> {
    const result = this.result(run);
    if (result) await writeAtomically(file, `${JSON.stringify(result)}\n`).catch(() => undefined);
  }

  /** Returns which nouns had to be done before each noun, in any stage. */
  #graph(): Graph {
    const graph: Record<string, readonly string[]> = {};
    for (const { after } of this.#stages)
      for (const [noun, needed] of Object.entries(after)) graph[noun] ??= needed;
    return graph;
  }
}
