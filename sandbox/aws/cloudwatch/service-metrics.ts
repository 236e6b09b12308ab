/** Publishes ECS's and Elastic Load Balancing's metrics of services, as the data plane measured them. */
import type { Usage } from '../../data-plane/data-plane.ts';
import type { Region } from '../../world/region.ts';
import { pathOf } from '../elbv2/arns.ts';
import { loadBalancerOf } from '../elbv2/usage.ts';
import { shortName } from '../ecs/lookups.ts';
import type { TaskRow } from '../ecs/store.ts';
import { addDatapoint } from './metrics.ts';

/** The number of CPU units in one vCPU. */
const CPU_UNITS = 1024;
const MIB = 2 ** 20;

/**
 * Publishes the metrics of a minute.
 * @param startedAt the start of the minute in milliseconds since 1970
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html
 */
export function publishUsage(region: Region, usage: Usage, startedAt: number): void {
  for (const service of region.ecs.services.filter(({ status }) => status === 'ACTIVE')) {
    const tasks = region.ecs.tasks.filter(
      (task) => task.serviceArn === service.serviceArn && task.lastStatus === 'RUNNING',
    );
    const Dimensions = [
      { Name: 'ServiceName', Value: service.serviceName },
      { Name: 'ClusterName', Value: shortName(service.clusterArn) },
    ];
    for (const [MetricName, percentOf] of METRICS) {
      const values = tasks.flatMap((task) => {
        const used = usage.tasks.get(task.taskArn);
        return used ? [percentOf(task, used)] : [];
      });
      if (values.length === 0) continue;
      addDatapoint(
        region,
        { Namespace: 'AWS/ECS', MetricName, Dimensions },
        { ...setOfValues(values), at: startedAt, unit: 'Percent' },
      );
    }
  }
  publishRequests(region, usage, startedAt);
}

type TaskUsage = Usage['tasks'] extends ReadonlyMap<string, infer U> ? U : never;

/** The metrics of a task, in percent of its reservation. Fargate gives a task no more than its reservation. */
const METRICS: readonly (readonly [string, (task: TaskRow, used: TaskUsage) => number])[] = [
  ['CPUUtilization', ({ cpu }, { cpus }) => percent(cpus, Number(cpu) / CPU_UNITS)],
  ['MemoryUtilization', ({ memory }, { memoryBytes }) => percent(memoryBytes, Number(memory) * MIB)],
];

const percent = (used: number, reserved: number): number =>
  reserved > 0 ? Math.min(100, (used / reserved) * 100) : 0;

const setOfValues = (values: readonly number[]) => ({
  count: values.length,
  sum: values.reduce((sum, value) => sum + value, 0),
  min: Math.min(...values),
  max: Math.max(...values),
});

/**
 * Publishes the requests per healthy target of each target group. Like Elastic Load Balancing, publishes nothing for a group
 * without requests.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
 */
function publishRequests(region: Region, { requests }: Usage, startedAt: number): void {
  for (const group of region.elbv2.targetGroups.all()) {
    const count = requests.get(group.TargetGroupArn) ?? 0;
    const healthyCount = group.targets.filter(({ health }) => health.State === 'healthy').length;
    const balancer = loadBalancerOf(region, group.TargetGroupArn);
    if (count === 0 || healthyCount === 0 || !balancer) continue;
    const TargetGroup = { Name: 'TargetGroup', Value: `targetgroup/${pathOf(group.TargetGroupArn)}` };
    const LoadBalancer = { Name: 'LoadBalancer', Value: pathOf(balancer.LoadBalancerArn) };
    const perTarget = count / healthyCount;
    const row = {
      count: 1,
      sum: perTarget,
      min: perTarget,
      max: perTarget,
      at: startedAt,
      unit: 'None',
    } as const;
    for (const Dimensions of [[TargetGroup], [TargetGroup, LoadBalancer]]) {
      const id = { Namespace: 'AWS/ApplicationELB', MetricName: 'RequestCountPerTarget', Dimensions };
      addDatapoint(region, id, row);
    }
  }
}
