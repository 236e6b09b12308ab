/** Finds the containers that made tasks end. Pure. */
import { endedOnItsOwn, type ContainerFacts, type Facts, type TaskFacts } from './facts.ts';

/** A task that ended on its own, with the container that is responsible. */
export interface ExitedContainer {
  readonly task: TaskFacts;
  readonly container: ContainerFacts;
  readonly exitCode: number;
}

/** The exit codes of containers that were stopped by SIGTERM or SIGKILL. */
const STOP_SIGNAL_CODES = [143, 137];

/**
 * Returns the containers that made tasks end, the latest first. When an essential container exits, ECS also stops the others, so
 * several containers of a task may have an exit code. The signs are tried in turn, the most reliable first.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
 */
export function exitedContainers({ tasks, service }: Facts): ExitedContainer[] {
  const inessential = service.containers.filter(({ essential }) => !essential).map(({ name }) => name);
  const jobs = jobsThatMustSucceed(service);
  return tasks
    .filter((task) => endedOnItsOwn(task) || task.status === 'PENDING')
    .flatMap((task) => {
      // Without the success of the job, the containers that wait for it do not start.
      const job = task.containers.find(({ name, exitCode = 0 }) => jobs.has(name) && exitCode !== 0);
      if (job?.exitCode !== undefined) return [{ task, container: job, exitCode: job.exitCode }];
      if (!endedOnItsOwn(task) || task.stopCode === 'TaskFailedToStart') return [];
      const essential = task.containers.filter(({ name }) => !inessential.includes(name));
      const container = SIGNS.map((sign) => essential.find(sign)).find((found) => found !== undefined);
      return container?.exitCode === undefined ? [] : [{ task, container, exitCode: container.exitCode }];
    });
}

/** Returns the names of the containers for whose success others wait. */
const jobsThatMustSucceed = ({ containers }: Facts['service']): ReadonlySet<string> =>
  new Set(
    containers.flatMap(({ dependsOn = {} }) =>
      Object.keys(dependsOn).filter((name) => dependsOn[name] === 'SUCCESS'),
    ),
  );

const SIGNS: readonly ((container: ContainerFacts) => boolean)[] = [
  ({ reason }) => reason !== undefined,
  ({ exitCode = 0 }) => exitCode !== 0 && !STOP_SIGNAL_CODES.includes(exitCode),
  ({ exitCode }) => exitCode === 0,
  ({ exitCode = 0 }) => exitCode !== 0,
];

/** Whether the container of an exit ended with the same code at least twice, so that a third start would end the same way. */
export const isRepeated = (
  exits: readonly ExitedContainer[],
  { container, exitCode }: ExitedContainer,
): boolean =>
  exits.filter((exit) => exit.container.name === container.name && exit.exitCode === exitCode).length >= 2;

/** Returns the whole seconds since a task was created; undefined if ECS does not report it. */
export const ageSeconds = ({ createdAt }: TaskFacts, now: Date): number | undefined =>
  createdAt && Math.round((now.getTime() - createdAt.getTime()) / 1000);

/** Returns the whole seconds from the start of a task to its end, or until now; undefined if ECS does not report its start. */
export function lifetimeSeconds({ startedAt, stoppingAt }: TaskFacts, now: Date): number | undefined {
  if (!startedAt) return undefined;
  return Math.max(0, Math.round(((stoppingAt ?? now).getTime() - startedAt.getTime()) / 1000));
}
