/** Remembers how long steps took on this machine, so that later runs can tell how much time is left. */
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import type { Noun } from '../../model/architecture.ts';
import { pastTense, type Event, type PlannedStep } from '../../model/report.ts';
import { writeAtomically } from '../../state/private-file.ts';

/** How many durations of a kind of step are kept, and the median of which is the usual one. */
const KEPT = 7;

const format = z.object({
  version: z.literal(1),
  /** The durations by target and by kind of step, the latest last; milliseconds. */
  durations: z.record(z.string(), z.record(z.string(), z.array(z.number().nonnegative()))),
});

type Durations = z.infer<typeof format>['durations'];

const kindOf = (noun: Noun, verb: PlannedStep['verb']): string => `${noun}.${verb}`;

export class LearnedDurations {
  readonly #file: string;
  readonly #target: string;
  readonly #durations: Durations;
  #isChanged = false;

  /**
   * Reads what earlier runs have recorded. A file that is missing or damaged counts as empty.
   * @param target where the stack runs: `sandbox` or `aws`
   */
  constructor(file: string, target: string) {
    this.#file = file;
    this.#target = target;
    this.#durations = readDurations(file);
  }

  /** Returns the usual duration of a step, in milliseconds; on the sandbox undefined if no run has taken such a step. */
  usual({ noun, verb, usualMs }: PlannedStep): number | undefined {
    const known = this.#durations[this.#target]?.[kindOf(noun, verb)];
    if (known && known.length > 0) return median(known);
    return this.#target === 'aws' ? usualMs : undefined;
  }

  /** Records how long a step took. */
  receive(event: Event): void {
    if (event.type !== 'resource' || event.elapsed === undefined) return;
    const verb = VERB_OF.get(event.status);
    if (verb === undefined) return;
    const ofTarget = (this.#durations[this.#target] ??= {});
    const kind = kindOf(event.noun, verb);
    ofTarget[kind] = [...(ofTarget[kind] ?? []), event.elapsed].slice(-KEPT);
    this.#isChanged = true;
  }

  /** Writes the file, if something was recorded. If that fails, the next run only knows less. */
  async save(): Promise<void> {
    if (!this.#isChanged) return;
    const text = JSON.stringify({ version: 1, durations: this.#durations });
    // Without its folder, nothing was recorded about the stack either.
    await writeAtomically(this.#file, `${text}\n`).catch(() => undefined);
  }
}

const VERB_OF = new Map(
  Object.entries(pastTense).map(([verb, status]) => [status, verb as PlannedStep['verb']] as const),
);

function readDurations(file: string): Durations {
  try {
    return format.parse(JSON.parse(readFileSync(file, 'utf8'))).durations;
  } catch {
    return {};
  }
}

/** Returns the middle value; of an even number of values, the larger of the two in the middle. */
const median = (values: readonly number[]): number =>
  [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
