/** Enforces the memory limits of tasks and containers: measures all containers at an interval, and kills those above a limit. */
import { makeMemoryMeter, type ContainerUsage } from '../runtime/container-usage.ts';
import type { SandboxClock } from '../world/clock.ts';

/** The time between two measurements, in milliseconds of real time: programs do not allocate faster at a faster pace. */
const INTERVAL_MS = 500;
const MIB = 2 ** 20;

/** A container with the limits that apply to it, in MiB. */
export interface LimitedContainer {
  readonly pid: number;
  /** Identifies its task, whose containers share the task's limit. */
  readonly taskArn: string;
  readonly limits: { readonly container?: number | undefined; readonly task?: number | undefined };
  /** Kills the container. */
  kill(): void;
}

export interface MemoryLimits {
  /** Watches a container; returns a function that ends the watch. */
  watch(container: LimitedContainer): () => void;
}

type MemoryUsage = ReadonlyMap<number, Pick<ContainerUsage, 'memoryBytes'>>;

/**
 * Enforces the limits of all watched containers of a sandbox. While no container is watched, nothing is measured.
 * @param measure returns the memory of each container, keyed by the ID of the container's first process
 */
export function makeMemoryLimits(
  clock: SandboxClock,
  reportError: (error: unknown) => void,
  measure: (pids: readonly number[]) => Promise<MemoryUsage> = makeMemoryMeter(),
): MemoryLimits {
  const watched = new Set<LimitedContainer>();
  let isScheduled = false;
  const schedule = () => {
    if (isScheduled || watched.size === 0) return;
    isScheduled = true;
    clock.at(clock.now() + INTERVAL_MS, () => {
      enforce()
        .catch(reportError)
        .finally(() => {
          isScheduled = false;
          schedule();
        });
    });
  };
  const enforce = async (): Promise<void> => {
    const usage = await measure([...watched].map(({ pid }) => pid));
    for (const container of containersToKill([...watched], usage)) {
      watched.delete(container);
      container.kill();
    }
  };
  return {
    watch(container) {
      watched.add(container);
      schedule();
      return () => watched.delete(container);
    },
  };
}

/**
 * Selects the containers to kill: those above their own limit, and the largest container of each task that is above the
 * task's limit.
 */
function containersToKill(
  containers: readonly LimitedContainer[],
  usage: MemoryUsage,
): Set<LimitedContainer> {
  const bytesOf = ({ pid }: LimitedContainer) => usage.get(pid)?.memoryBytes ?? 0;
  const isAbove = (bytes: number, limit: number | undefined) => limit !== undefined && bytes > limit * MIB;
  const selected = new Set(
    containers.filter((container) => isAbove(bytesOf(container), container.limits.container)),
  );
  for (const arn of new Set(containers.map(({ taskArn }) => taskArn))) {
    const rest = containers.filter((container) => container.taskArn === arn && !selected.has(container));
    const total = rest.reduce((sum, container) => sum + bytesOf(container), 0);
    const largest = rest.toSorted((one, other) => bytesOf(other) - bytesOf(one))[0];
    if (largest && isAbove(total, largest.limits.task)) selected.add(largest);
  }
  return selected;
}
