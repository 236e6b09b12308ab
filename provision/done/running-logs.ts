/** Reads the error in the logs of a container whose tasks are running. */
import { logEvidence } from '../../lib/diagnosis/evidence.ts';
import { excerptOf } from '../../lib/diagnosis/excerpt.ts';
import { logStreamOf, readLogEnd } from '../../lib/diagnosis/read-log.ts';
import type { LookContext } from '../../lib/look/context.ts';
import { tasksOf } from '../../lib/look/tasks.ts';
import type { Service } from '../../lib/config/config.ts';

/** The number of tasks whose logs are read. */
const MAX_TASKS = 3;

/**
 * Returns the lines that hold the newest error of a container, with a heading; nothing if no log holds an error, or if the logs
 * cannot be read.
 */
export async function errorInLogs(
  { aws, names }: Pick<LookContext, 'aws' | 'names'>,
  service: Service,
  container: string,
): Promise<string[]> {
  const tasks = await tasksOf({ aws, names }, names.service(service), 'RUNNING').catch(() => []);
  for (const { taskArn = '' } of tasks.slice(0, MAX_TASKS)) {
    const taskId = taskArn.split('/').at(-1) ?? '';
    const logStreamName = logStreamOf(service.name, container, taskId);
    const lines = await readLogEnd(aws, { logGroupName: names.logGroup, logStreamName });
    const excerpt = excerptOf(lines ?? []);
    if (excerpt.headline !== undefined) return logEvidence(container, excerpt);
  }
  return [];
}
