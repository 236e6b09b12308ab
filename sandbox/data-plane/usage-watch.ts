/** Watches what a container uses: enforces its memory limits, and measures it for the metrics. */
import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import type { TaskDefinitionRow } from '../aws/ecs/store.ts';
import type { TaskContainer } from './container-setup.ts';
import type { MemoryLimits } from './memory-limits.ts';
import type { UsageMeter } from './usage-meter.ts';

/** ECS's reason for a container that exceeded its memory limit. */
const OUT_OF_MEMORY = 'OutOfMemoryError: Container killed due to memory usage';

/**
 * Returns a function that watches a container until the function that it returns is called. That function returns ECS's
 * reason if the container was killed for its memory usage.
 */
export const makeUsageWatch =
  (memory: MemoryLimits, meter: UsageMeter) =>
  (
    taskDefinition: TaskDefinitionRow,
    taskArn: string,
    definition: ContainerDefinition,
    container: TaskContainer,
  ): (() => string | undefined) => {
    const { pid } = container;
    if (pid === undefined) return () => undefined;
    let reason: string | undefined;
    const kill = () => {
      reason = OUT_OF_MEMORY;
      container.kill();
    };
    const limits = { container: definition.memory, task: Number(taskDefinition.memory ?? Infinity) };
    const endWatches = [memory.watch({ pid, taskArn, limits, kill }), meter.watch({ pid, taskArn })];
    return () => {
      for (const endWatch of endWatches) endWatch();
      return reason;
    };
  };
