/** Follows a run by its events: which steps are running, what they wait for, and how much time is left. */
import { longestPath, type LongestPath } from '../../engine/longest-path.ts';
import type { Noun } from '../../model/architecture.ts';
import type { Event, PlannedStep, ResourceStatus, StageOfSteps } from '../../model/report.ts';
import { addressOf } from '../../model/resources.ts';

/** A step that has started and has not ended. */
export interface RunningStep {
  readonly noun: Noun;
  readonly address: string;
  /** When it started, in milliseconds of the clock that the caller uses. */
  readonly startedAt: number;
  /** What it is doing, or waits for. */
  readonly text: string;
  /** How long such a step usually takes, in milliseconds; undefined if unknown. */
  readonly usualMs: number | undefined;
}

/** The remainder of a run. */
export interface Remaining {
  /** The steps that have ended, and those of the whole run. */
  readonly done: number;
  readonly total: number;
  /** The time until the last step ends, in milliseconds; undefined if unknown. */
  readonly ms: number | undefined;
  /** The chain of steps that takes longest, as nouns. */
  readonly path: readonly string[];
}

/** Returns the usual duration of a step, in milliseconds; undefined if unknown. */
export type UsualDuration = (step: PlannedStep) => number | undefined;

/** The statuses of steps that have not ended. */
const UNFINISHED: readonly ResourceStatus[] = ['started', 'waiting'];

export class RunProgress {
  readonly #usualDuration: UsualDuration;
  readonly #running = new Map<string, RunningStep>();
  readonly #ended = new Set<string>();
  #stages: readonly StageOfSteps[] = [];
  #activity: { readonly text: string; readonly startedAt: number } | undefined;

  /** @param usualDuration by default the usual duration on AWS */
  constructor(usualDuration: UsualDuration = ({ usualMs }) => usualMs) {
    this.#usualDuration = usualDuration;
  }

  /** @param now the time of the event, in milliseconds of any clock that does not jump */
  receive(event: Event, now: number): void {
    if (event.type === 'steps') {
      this.#stages = event.stages;
      this.#ended.clear();
      this.#activity = undefined;
    }
    if (event.type === 'activity')
      this.#activity = event.text === '' ? undefined : { text: event.text, startedAt: now };
    if (event.type !== 'resource') return;
    const { noun, key, status, text, elapsed = 0 } = event;
    const address = addressOf(noun, key);
    if (!UNFINISHED.includes(status)) {
      this.#running.delete(address);
      this.#ended.add(address);
      return;
    }
    const step = this.#stages.flatMap(({ steps }) => steps).find((one) => isStepOf(one, address));
    const startedAt = this.#running.get(address)?.startedAt ?? now - elapsed;
    const usualMs = step && this.#usualDuration(step);
    this.#running.set(address, { noun, address, startedAt, text, usualMs });
  }

  /** What the run is doing apart from its steps, and since when. */
  get activity() {
    return this.#activity;
  }

  /** Returns the running steps: first those of the longest chain, then those that started first. */
  running(now: number): RunningStep[] {
    const { path } = this.remaining(now);
    const rank = ({ noun, startedAt }: RunningStep) => (path.includes(noun) ? -Infinity : startedAt);
    return [...this.#running.values()].sort((one, other) => {
      const [first, second] = [rank(one), rank(other)];
      return first === second ? 0 : first - second;
    });
  }

  /** Returns the nouns whose steps cannot start yet, and the running nouns for which they wait. */
  blocked(): { readonly noun: Noun; readonly by: readonly Noun[] }[] {
    const running = new Set([...this.#running.values()].map(({ noun }) => noun));
    const stage = this.#stages.find(({ steps }) => steps.some((step) => !this.#hasEnded(step)));
    if (!stage) return [];
    const waiting = new Set(
      stage.steps.filter((step) => !this.#hasEnded(step) && !running.has(step.noun)).map(({ noun }) => noun),
    );
    return [...waiting].map((noun) => ({
      noun,
      by: (stage.after[noun] ?? []).filter((needed) => running.has(needed)),
    }));
  }

  remaining(now: number): Remaining {
    const steps = this.#stages.flatMap((stage) => stage.steps);
    const paths = this.#stages.map((stage) => this.#longestIn(stage, now));
    const isKnown = steps.every((step) => this.#hasEnded(step) || this.#usualDuration(step) !== undefined);
    return {
      done: steps.filter((step) => this.#hasEnded(step)).length,
      total: steps.length,
      ms: steps.length > 0 && isKnown ? paths.reduce((sum, { ms }) => sum + ms, 0) : undefined,
      path: paths.find(({ nodes }) => nodes.length > 0)?.nodes ?? [],
    };
  }

  #hasEnded({ noun, key }: PlannedStep): boolean {
    return this.#ended.has(addressOf(noun, key));
  }

  /** Returns the longest chain of the steps that have not ended. A step that takes longer than usual may end at any moment. */
  #longestIn({ after, steps }: StageOfSteps, now: number): LongestPath {
    const weights: Record<string, number> = {};
    for (const step of steps) {
      if (this.#hasEnded(step)) continue;
      const { noun, key } = step;
      const running = this.#running.get(addressOf(noun, key));
      const elapsed = running ? now - running.startedAt : 0;
      const left = Math.max(1, (this.#usualDuration(step) ?? 0) - elapsed);
      weights[noun] = Math.max(weights[noun] ?? 0, left);
    }
    const { ms, nodes } = longestPath(after, weights);
    return { ms, nodes: nodes.filter((node) => (weights[node] ?? 0) > 0) };
  }
}

const isStepOf = ({ noun, key }: PlannedStep, address: string): boolean => addressOf(noun, key) === address;
