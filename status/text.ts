/** Formats the condition of a stack for people. Pure. */
import { costText } from '../lib/cost/cost-text.ts';
import type { Cost } from '../lib/cost/cost.ts';
import { egressText } from '../lib/cost/egress.ts';
import type {
  AlarmStatus,
  DeploymentStatus,
  RouteStatus,
  ServiceEventStatus,
  ServiceStatus,
  StatusResult,
  TaskStatus,
} from '../lib/run/status-results.ts';
import { clockText, uptimeText } from './times.ts';

/** The number of messages, and of tasks that have stopped, which are shown per service. */
const MAX_EVENTS = 3;
const MAX_STOPPED = 2;

/**
 * The reason of tasks that ECS has stopped on purpose, when a deployment replaced them or the count was reduced.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
 */
const PLANNED_STOP = /^Scaling activity initiated by/;

/**
 * Returns the way of a request, from its name in DNS to the targets; then each service with its tasks and the latest messages; then
 * the cost, and as the last line the address of the stack.
 * @param now milliseconds since 1970
 */
export function statusText(result: StatusResult, cost: Cost, now: number): string {
  const egress = result.egress === null ? [] : [egressText(result.egress)];
  const { stack, resources, services, deployments, alarms, tasks, events, url } = result;
  if (resources === 0) return `${stack} does not exist.`;
  const costs = costText(cost);
  const sections = [
    requestLines(result),
    ...services.map((service) =>
      serviceLines(
        service,
        deployments.filter((one) => one.service === service.service),
        tasks.filter((task) => task.service === service.service),
        events.filter((event) => event.service === service.service),
        now,
      ),
    ),
    alarms.map(alarmText),
    costs === undefined ? [] : [`cost on AWS: ${costs.total}: ${costs.items}`, ...egress],
  ].filter((lines) => lines.length > 0);
  return [...sections.map((lines) => lines.join('\n')), ...(url === null ? [] : [url])].join('\n\n');
}

/** Returns the way of a request as a tree. */
function requestLines({ records, loadBalancer, routes }: StatusResult): string[] {
  if (loadBalancer === null) return [];
  const { name, state, dnsName } = loadBalancer;
  const names = records.length === 0 ? dnsName : records.join(', ');
  const width = Math.max(0, ...routes.map(({ paths }) => paths.length));
  return [
    names,
    `└─ load balancer ${name}: ${state}`,
    ...routes.map((route, index) => {
      const branch = index === routes.length - 1 ? '└─' : '├─';
      return `   ${branch} ${route.paths.padEnd(width)}  →  ${routeText(route)}`;
    }),
  ];
}

function routeText({ container, healthyTargets, targets, trafficPercent }: RouteStatus): string {
  const share = trafficPercent === 100 ? '' : `, ${trafficPercent} % of the requests`;
  return `${container ?? 'a target group of no container'}  ${healthyTargets} of ${targets} healthy${share}`;
}

function serviceLines(
  service: ServiceStatus,
  deployments: readonly DeploymentStatus[],
  tasks: readonly TaskStatus[],
  events: readonly ServiceEventStatus[],
  now: number,
): string[] {
  const running = tasks.filter(({ status }) => status !== 'STOPPED');
  const stopped = tasks.filter(
    ({ status, stoppedReason }) => status === 'STOPPED' && !PLANNED_STOP.test(stoppedReason ?? ''),
  );
  const more = stopped.length - MAX_STOPPED;
  return [
    `${service.service}  ${conditionText(service)}`,
    ...service.warnings.map((text) => `  warning: ${text}`),
    ...deploymentLines(deployments),
    ...running.flatMap((task) => taskLines(task, now)),
    ...stopped
      .slice(0, MAX_STOPPED)
      .map(({ id, stoppedReason }) => `  task ${shortId(id)}  has stopped: ${stoppedReason ?? ''}`),
    ...(more > 0 ? [`  and ${more} more that have stopped within the last hour`] : []),
    ...events.slice(0, MAX_EVENTS).map(({ at, text }) => `  ${clockText(at, now)}  ${text}`),
  ];
}

/** Describes the condition of a service, e.g. `healthy, 2 of 2 tasks are running, revision 4`. */
function conditionText({ healthy, desired, running, revision, deployment }: ServiceStatus): string {
  if (revision === null) return 'missing';
  const condition = healthy ? 'healthy' : deployment === 'in progress' ? 'deploying' : 'unhealthy';
  // In a deployment, more tasks may run than are desired.
  const tasks =
    running > desired
      ? `${running} tasks are running instead of ${desired}`
      : `${running} of ${desired} tasks are running`;
  return `${condition}, ${tasks}, revision ${revision}`;
}

/** Describes a deployment in progress, one line for each version, the newest first; nothing if there is only one version. */
function deploymentLines(deployments: readonly DeploymentStatus[]): string[] {
  if (!deployments.some(({ isNewest, rollout }) => !isNewest || rollout === 'IN_PROGRESS')) return [];
  return deployments.map(({ revision, isNewest, running, desired, pending, failed }) => {
    const counts = [
      `${running} of ${desired} tasks are running`,
      ...(pending > 0 ? [`${pending} starting`] : []),
      ...(failed > 0 ? [`${failed} failed`] : []),
    ].join(', ');
    return `  ${isNewest ? 'new' : 'old'} version, revision ${revision ?? 'unknown'}: ${counts}`;
  });
}

const alarmText = ({ alarm, state }: AlarmStatus): string =>
  `alarm ${alarm}: ${state === null ? 'does not exist' : state.toLowerCase().replaceAll('_', ' ')}`;

function taskLines(
  { id, status, health, revision, address, startedAt, former, containers }: TaskStatus,
  now: number,
): string[] {
  const facts = [
    status.toLowerCase(),
    ...(startedAt === null ? [] : [`for ${uptimeText(now - Date.parse(startedAt))}`]),
  ].join(' ');
  const details = [
    ...(health === 'UNKNOWN' ? [] : [health.toLowerCase()]),
    ...(revision === null ? [] : [`revision ${revision}`]),
    ...(address === null ? [] : [address]),
    ...(former ? ['of the ECS service that is being replaced'] : []),
  ];
  const width = Math.max(0, ...containers.map(({ container }) => container.length));
  return [
    `  task ${shortId(id)}  ${[facts, ...details].join(', ')}`,
    ...containers.map((one) => `    ${one.container.padEnd(width)}  ${containerText(one)}`),
  ];
}

function containerText({ status, health, digest, exitCode }: TaskStatus['containers'][number]): string {
  return [
    status.toLowerCase(),
    ...(health === 'UNKNOWN' ? [] : [health.toLowerCase()]),
    ...(exitCode === null ? [] : [`exit code ${exitCode}`]),
    ...(digest === null ? [] : [`image ${digest.slice(0, 19)}`]),
  ].join(', ');
}

/** The first characters of a task's id, which are unique within a stack. */
const shortId = (id: string): string => id.slice(0, 8);
