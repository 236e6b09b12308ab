// A data plane without processes: the test decides the fate of tasks and the health of targets.
import { recordContainerExit } from '../../../../sandbox/aws/ecs/task-reports.ts';
import { setTargetHealth } from '../../../../sandbox/aws/elbv2/targets.ts';
import type { Region } from '../../../../sandbox/world/region.ts';

type Plane = Region['plane'];
type TaskFailure = NonNullable<Parameters<Parameters<Plane['startTask']>[2]>[0]>;

/** The fate of a task: it runs, it fails to start, or its first container exits. */
export type Fate = 'runs' | TaskFailure | { readonly exitCode: number };

export interface ScriptedPlane extends Plane {
  /** Returns the fate of a task from the ARN of its task definition. */
  fate: (taskDefinitionArn: string) => Fate;
  /** The ARNs of the started tasks, in order. */
  readonly started: string[];
  /** The ARNs of the stopped tasks, in order. */
  readonly stopped: string[];
}

export function scriptedPlane(fate: ScriptedPlane['fate'] = () => 'runs'): ScriptedPlane {
  const started: string[] = [];
  const stopped: string[] = [];
  return {
    fate,
    started,
    stopped,
    checksTargets: true,
    startTask(region, taskArn, reportOutcome) {
      started.push(taskArn);
      const task = region.ecs.tasks.get(taskArn);
      const taskFate = this.fate(task?.taskDefinitionArn ?? '');
      if (taskFate === 'runs') return reportOutcome();
      if ('reason' in taskFate) return reportOutcome(taskFate);
      reportOutcome();
      recordContainerExit(region, taskArn, task?.containers[0]?.name ?? '', taskFate.exitCode);
    },
    stopTask(_region, taskArn, done) {
      stopped.push(taskArn);
      done();
    },
  };
}

/** Marks all targets that await their first health check as healthy. */
export function markTargetsHealthy(region: Region): void {
  for (const { TargetGroupArn, targets } of region.elbv2.targetGroups.all()) {
    for (const { id, port, health } of targets) {
      if (health.State === 'initial') setTargetHealth(region, TargetGroupArn, id, port, { State: 'healthy' });
    }
  }
}

/** Marks the target with this address and port as unhealthy in every target group that contains it. */
export function failHealthChecks(region: Region, privateIp: string, port: number, code = 502): void {
  for (const { TargetGroupArn } of region.elbv2.targetGroups.all()) {
    setTargetHealth(region, TargetGroupArn, privateIp, port, {
      State: 'unhealthy',
      Reason: 'Target.ResponseCodeMismatch',
      Description: `Health checks failed with these codes: [${code}]`,
    });
  }
}
