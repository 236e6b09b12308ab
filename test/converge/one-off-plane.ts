/** For tests without programs: a data plane on which the command of every one-off task ends at once. */
import { recordContainerExit } from '../../sandbox/aws/ecs/task-reports.ts';
import { simulatedDataPlane, type DataPlane } from '../../sandbox/data-plane/data-plane.ts';

/** @param exitCodeOf returns the exit code of a command */
export const planeWithOneOffTasks = (
  exitCodeOf: (command: readonly string[]) => number = () => 0,
): DataPlane => ({
  ...simulatedDataPlane,
  startTask(region, taskArn, onOutcome) {
    onOutcome();
    const task = region.ecs.tasks.get(taskArn);
    if (!task?.startedBy?.startsWith('slipway/')) return;
    const definition = region.ecs.taskDefinitions.get(task.taskDefinitionArn);
    for (const { name = '', essential, command = [] } of definition?.containerDefinitions ?? [])
      if (essential) recordContainerExit(region, taskArn, name, exitCodeOf(command));
  },
});
