/** Warns of containers that have ended although their tasks run: ECS restarts no container that is not essential. */
import type { Config } from '../../lib/config/config.ts';
import { jobsIn } from '../../lib/derive/container-settings.ts';
import type { LookContext } from '../../lib/look/context.ts';
import { endedContainers } from '../../lib/look/service-health.ts';
import { runningTasks } from '../../lib/look/tasks.ts';
import type { Run } from '../../lib/run/run.ts';
import { errorInLogs } from './running-logs.ts';

/**
 * Reports a warning for each non-essential container that has ended, with the error in its log. A failed look reports nothing.
 */
export async function warnOfEndedContainers(
  run: Pick<Run, 'report'>,
  { aws, names, config }: Pick<LookContext, 'aws' | 'names'> & { readonly config: Config },
): Promise<void> {
  const services = config.services.filter(({ containers }) => containers.some(({ essential }) => !essential));
  if (services.length === 0) return;
  const tasks = await runningTasks(aws, names.cluster).catch(() => []);
  for (const service of services) {
    const group = `service:${names.service(service)}`;
    const running = tasks.filter((task) => task.group === group && task.lastStatus === 'RUNNING');
    for (const { container, why, taskCount, isJob } of endedContainers(running, jobsIn(service.containers))) {
      const [, firstLine] = await errorInLogs({ aws, names }, service, container);
      const log = firstLine === undefined ? '' : ` It logged: ${firstLine.trim()}`;
      const place = `${taskCount} of ${running.length} tasks of ${service.name} (${why})`;
      run.report({
        type: 'warning',
        text: isJob
          ? `${container} has failed in ${place}. The other containers wait only for its end, so they run all the same.${log}`
          : `${container} has ended in ${place}. It is not essential, so the tasks run without it, and ECS does not restart it.${log}`,
      });
    }
  }
}
