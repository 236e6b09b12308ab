/** Stops the one-off tasks of a stack before its resources are removed: they use the network, the roles and the log group. */
import { idOfTask, isOneOff, runningTasks } from '../lib/look/tasks.ts';
import { pending, ready, until } from '../lib/engine/until.ts';
import { stopTask } from '../lib/one-off/task-probe.ts';
import type { Session } from '../lib/run/session.ts';

/** Stops every one-off task, and waits until none is meant to run. The removals wait for what is still stopping. */
export async function stopOneOffTasks({
  run,
  lookContext,
}: Pick<Session, 'run' | 'lookContext'>): Promise<void> {
  const { aws, names } = lookContext();
  const running = async () =>
    (await runningTasks(aws, names.cluster)).filter((task) => isOneOff(task, names.stack));
  await until(
    'the one-off tasks to stop',
    run.waits.tasksGone,
    async () => {
      const tasks = await running();
      if (tasks.length === 0) return ready(undefined);
      for (const task of tasks) {
        await stopTask({ aws, names }, { taskArn: task.taskArn ?? '' }, 'The stack is being removed.');
        run.report({ type: 'note', text: `stopped task ${idOfTask(task)}, which ${task.startedBy} started` });
      }
      return pending(`${tasks.length} one-off tasks run`);
    },
    run,
  );
}
