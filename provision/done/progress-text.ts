/** Describes in one line what a service still lacks during the wait for it. Pure. */
import type { Task } from '@aws-sdk/client-ecs';
import { endingText, shortened } from '../../lib/diagnosis/messages.ts';
import { jobsIn } from '../../lib/derive/container-settings.ts';
import { taskFacts } from '../../lib/diagnosis/task-facts.ts';
import { tasksOfDeployment } from '../../lib/look/tasks.ts';
import { shownDeployment, taskCounts } from './deployment.ts';
import type { FollowedService } from './followed-service.ts';
import type { Sighting } from './sighting.ts';

const exitText = (latest: Task | undefined): string[] => {
  const text = latest && endingText(taskFacts(latest, () => ({ log: undefined, listeners: undefined })));
  return text ? [`last exit: ${text}`] : [];
};

/** Lists what has gone wrong with the tasks and targets so far. */
export function troubleTexts({ ended: [latest], unhealthy }: Sighting): string[] {
  const reasons = unhealthy
    .flatMap(({ targets }) => targets)
    .filter(({ TargetHealth }) => TargetHealth?.State === 'unhealthy')
    .map(({ TargetHealth }) => TargetHealth?.Reason ?? '');
  return [...new Set(reasons.filter(Boolean)), ...exitText(latest)];
}

/** Says which containers of starting tasks wait for which others, as the configuration demands. */
export function orderTexts({ service, deployment }: FollowedService, { tasks }: Sighting): string[] {
  const starting = tasksOfDeployment(tasks, deployment).filter(({ lastStatus }) => lastStatus === 'PENDING');
  const isRunning = (name: string) =>
    starting.some(({ containers = [] }) =>
      containers.some((container) => container.name === name && container.lastStatus === 'RUNNING'),
    );
  const jobs = jobsIn(service.containers);
  const texts = service.containers.flatMap(({ name, dependsOn = {} }) =>
    Object.keys(dependsOn)
      .filter(isRunning)
      .map((other) => `${name} waits for ${jobs.has(other) ? 'the end' : 'the health check'} of ${other}`),
  );
  return [...new Set(texts)];
}

/**
 * Explains what a completed deployment still lacks, from the reports of the load balancer, the tasks and ECS. Leaves out task
 * ids.
 * @param proofNote what the proof still waits for
 */
export function progressText(
  { current, deployment, count }: FollowedService,
  { unhealthy, ended: [latest] }: Sighting,
  proofNote: string,
): string {
  const healthTexts = unhealthy.map(({ container, targets, healthyCount }) => {
    const reasons = targets.map(({ TargetHealth }) => TargetHealth?.Reason).filter(Boolean);
    return [`${healthyCount}/${count} targets of ${container.name} healthy`, ...new Set(reasons)].join(', ');
  });
  const event = shortened(current?.events?.[0]?.message ?? '').replace(/:? ?\(task [^)]+\)|\.$/g, '');
  return [
    proofNote,
    ...healthTexts,
    taskCounts(shownDeployment(current, deployment) ?? {}),
    ...exitText(latest),
    event && `ECS: ${event.trim()}`,
  ]
    .filter(Boolean)
    .join('; ');
}
