/** Reads the error in the logs of a container whose tasks are running. */
import { logEvidence } from '../../lib/diagnosis/evidence.ts';
import { excerptOf } from '../../lib/diagnosis/excerpt.ts';
import { logStreamOf, readLogEnd } from '../../lib/diagnosis/read-log.ts';
import type { LookContext } from '../../lib/look/context.ts';
import { idOfTask, tasksOf } from '../../lib/look/tasks.ts';
import type { Service } from '../../lib/config/config.ts';

/** An error that a program logs without a stack trace while it keeps running, such as `TypeError: pool is undefined`. */
const NAMED_ERROR = /^[\w.$ ]*(?:Error|Exception|error)\b.*:/;
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
  for (const task of tasks.slice(0, MAX_TASKS)) {
    const logStreamName = logStreamOf(service.name, container, idOfTask(task));
    const lines = await readLogEnd(aws, { logGroupName: names.logGroup, logStreamName });
    const excerpt = excerptOf(lines ?? []);
    if (excerpt.headline !== undefined) return logEvidence(container, excerpt);
    const line = lines?.findLast((text) => NAMED_ERROR.test(text));
    if (line !== undefined) return logEvidence(container, { lines: [line] });
  }
  return [];
}
