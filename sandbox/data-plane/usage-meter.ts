/** Measures what tasks and load balancers use: CPU time, memory and requests since the previous measurement. */
import { containerUsageOf } from '../runtime/container-usage.ts';
import type { SandboxClock } from '../world/clock.ts';
import type { Usage } from './data-plane.ts';

/** A container to measure. */
export interface MeteredContainer {
  readonly pid: number;
  readonly taskArn: string;
}

export interface UsageMeter {
  /** Whether this machine can be measured: the CPU time of processes is read on Linux only. */
  readonly isSupported: boolean;
  /** Measures a container from now on; returns a function that ends the measurement. */
  watch(container: MeteredContainer): () => void;
  countRequest(targetGroupArn: string): void;
  /**
   * Returns the usage in a region since the previous measurement there. If the watch of a container began later, its usage is
   * counted since the watch began.
   * @param maxAgeMs usage that was counted for longer than this is omitted
   */
  measure(region: string, maxAgeMs: number): Promise<Usage>;
}

/** The beginning of the interval that the next measurement ends, and the CPU time that had been used by then. */
interface Start {
  readonly at: number;
  readonly cpuSeconds: number;
}

/** @param read returns what each container uses, keyed by the ID of the container's first process */
export function makeUsageMeter(clock: SandboxClock, read = containerUsageOf): UsageMeter {
  const starts = new Map<MeteredContainer, Start>();
  const requests = new Map<string, number>();
  const countingSince = new Map<string, number>();

  /** Returns the requests in a region since the last call, and starts to count again. */
  function takeRequests(region: string, maxAgeMs: number): Map<string, number> {
    const taken = new Map([...requests].filter(([arn]) => regionOf(arn) === region));
    for (const arn of taken.keys()) requests.delete(arn);
    const since = countingSince.get(region) ?? -Infinity;
    countingSince.set(region, clock.now());
    return clock.now() - since > maxAgeMs ? new Map<string, number>() : taken;
  }

  return {
    isSupported: process.platform === 'linux',
    watch(container) {
      starts.set(container, { at: clock.now(), cpuSeconds: 0 });
      return () => starts.delete(container);
    },
    countRequest: (arn) => void requests.set(arn, (requests.get(arn) ?? 0) + 1),
    async measure(region, maxAgeMs) {
      const containers = [...starts.keys()].filter(({ taskArn }) => regionOf(taskArn) === region);
      const usages = await read(containers.map(({ pid }) => pid));
      const now = clock.now();
      const tasks = new Map<string, { cpus: number; memoryBytes: number }>();
      for (const container of containers) {
        const start = starts.get(container);
        const usage = usages.get(container.pid);
        // The container may have ended during the measurement.
        if (!start || !usage) continue;
        starts.set(container, { at: now, cpuSeconds: usage.cpuSeconds });
        const elapsedMs = now - start.at;
        if (elapsedMs <= 0 || elapsedMs > maxAgeMs) continue;
        const { cpus, memoryBytes } = tasks.get(container.taskArn) ?? { cpus: 0, memoryBytes: 0 };
        tasks.set(container.taskArn, {
          // If a process ends without being reaped, the total no longer contains its CPU time.
          cpus: cpus + (Math.max(0, usage.cpuSeconds - start.cpuSeconds) * 1000) / elapsedMs,
          memoryBytes: memoryBytes + usage.memoryBytes,
        });
      }
      return { tasks, requests: takeRequests(region, maxAgeMs) };
    },
  };
}

/** Returns the region in an ARN. */
const regionOf = (arn: string): string | undefined => arn.split(':')[3];
