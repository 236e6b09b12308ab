/** Chooses the task in which a command runs. Pure. */
import type { Container as TaskContainer, Task } from '@aws-sdk/client-ecs';
import { configuredServiceName } from '../lib/derive/names.ts';
import { idOfTask } from '../lib/look/tasks.ts';
import type { NamedContainer } from '../lib/run/one-container.ts';
import { noSuchTask, notEnabled, noAgent } from './problems.ts';

/** The task in which a command runs. */
export interface ChosenTask {
  readonly taskArn: string;
  readonly id: string;
  /** The number of tasks between which there was a choice. */
  readonly among: number;
  /** When its agent started; undefined if AWS does not say. */
  readonly agentStartedAt: Date | undefined;
}

/**
 * Chooses the newest healthy task in which the container runs and can be entered.
 * @param tasks the running tasks of the cluster
 * @param id the beginning of the id of a task, or its ARN; undefined for any task of the service
 * @throws EXEC_NO_TASK, EXEC_NOT_ENABLED, EXEC_NO_AGENT
 */
export function chooseTask(
  tasks: readonly Task[],
  place: NamedContainer,
  id: string | undefined,
): ChosenTask {
  const { service, container } = place;
  const containerOf = ({ containers = [] }: Task): TaskContainer | undefined =>
    containers.find(({ name }) => name === container.name);
  const isMeant = (task: Task): boolean =>
    id === undefined
      ? configuredServiceName(task.group?.replace(/^service:/, '') ?? '') === service.name
      : idOfTask(task).startsWith(id.split('/').at(-1) ?? id);
  const candidates = tasks
    .filter((task) => isMeant(task) && containerOf(task)?.lastStatus === 'RUNNING')
    .sort(byPreference);
  if (candidates.length === 0) throw noSuchTask(place, id);
  const enabled = candidates.filter(({ enableExecuteCommand }) => enableExecuteCommand === true);
  if (enabled.length === 0) throw notEnabled(place);
  const agentOf = (task: Task) => containerOf(task)?.managedAgents?.find(({ name }) => name === AGENT);
  const [chosen] = enabled.filter((task) => agentOf(task)?.lastStatus === 'RUNNING');
  if (!chosen) {
    const { lastStatus = 'UNKNOWN', reason } = enabled.map(agentOf)[0] ?? {};
    throw noAgent(place, { status: lastStatus, reason });
  }
  return {
    ...{ taskArn: chosen.taskArn ?? '', id: idOfTask(chosen), among: candidates.length },
    agentStartedAt: agentOf(chosen)?.lastStartedAt,
  };
}

/** The name of ECS Exec's agent. */
const AGENT = 'ExecuteCommandAgent';

/** Healthy tasks and tasks without health checks come first, then the newest. */
const byPreference = (one: Task, other: Task): number =>
  Number(one.healthStatus === 'UNHEALTHY') - Number(other.healthStatus === 'UNHEALTHY') ||
  (other.startedAt?.getTime() ?? 0) - (one.startedAt?.getTime() ?? 0);
