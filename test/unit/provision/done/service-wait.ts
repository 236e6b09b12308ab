/** For tests of the wait for a service: the wait with its own clock, and mocks of what it looks up. */
import {
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  type Service as EcsService,
  type Task,
} from '@aws-sdk/client-ecs';
import {
  DescribeLoadBalancersCommand,
  type TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { beforeEach } from '@jest/globals';
import type { Change } from '../../../../lib/model/change.ts';
import type { Service } from '../../../../lib/config/config.ts';
import type { WaitName } from '../../../../lib/engine/waits.ts';
import { until, type ProbeResult } from '../../../../lib/engine/until.ts';
import { waitForService } from '../../../../provision/done/wait-for-service.ts';
import { config, mocks, lookContextOf, sentCalls, testClock } from '../../step-harness.ts';
import { existing } from '../../existing-resources.ts';
import { NEW_DEFINITION } from '../deployments.ts';

export const mockBalancer = (Code: 'active' | 'failed', Reason?: string) =>
  mocks.elbv2
    .on(DescribeLoadBalancersCommand)
    .resolves({ LoadBalancers: [{ LoadBalancerName: 'shop-dev', State: { Code, Reason } }] });
beforeEach(() => void mockBalancer('active'));
export const [web] = config().services as [Service];
export const notes: string[] = [];
export const targetNotes: string[] = [];
export const ids = {
  taskDefinitions: new Map([['web', { taskDefinitionArn: NEW_DEFINITION }]]),
  targetGroups: new Map(Object.entries(existing.targetGroups)),
};
/** Waits for at most a few probes, with its own clock and notes. */
export const wait = async (configured = web, returned?: EcsService, change?: Change) => {
  const clock = testClock();
  const { signal } = new AbortController();
  notes.length = 0;
  targetNotes.length = 0;
  await waitForService(
    {
      ...lookContextOf(),
      change,
      clock,
      note: (text) => void notes.push(text),
      until: <T>(what: string, _wait: WaitName, probe: () => Promise<ProbeResult<T>>) =>
        until(
          what,
          { first: 0, every: 1000, deadline: 4000 },
          probe,
          // The notes of the wait for the deployment are not tested here.
          { clock, signal, onPending: (note) => void (what.includes('targets') && targetNotes.push(note)) },
        ),
    },
    configured,
    ids,
    returned,
  );
};
/** Sets the responses to successive lookups of the service; the last is repeated. */
export const mockEcs = (...services: EcsService[]) => {
  const mock = mocks.ecs.on(DescribeServicesCommand);
  for (const one of services.slice(0, -1)) mock.resolvesOnce({ services: [one] });
  mock.resolves({ services: services.slice(-1) });
};
export const target = (State: string, Reason?: string, Description?: string): TargetHealthDescription =>
  ({
    Target: { Id: '10.0.1.5', Port: 5000 },
    TargetHealth: { State, Reason, Description },
  }) as TargetHealthDescription;
export const targets = (...all: TargetHealthDescription[]) => ({ TargetHealthDescriptions: all });
/** Sets the stopped tasks that successive lookups return; the last response is repeated. */
export const mockStopped = (...responses: Task[][]) => {
  const byArn = new Map(responses.flat().map((one) => [one.taskArn ?? '', one]));
  const list = mocks.ecs.on(ListTasksCommand);
  const arns = responses.map((tasks) => ({ taskArns: tasks.map(({ taskArn = '' }) => taskArn) }));
  for (const answer of arns.slice(0, -1)) list.resolvesOnce(answer);
  list.resolves(arns.at(-1) ?? {});
  mocks.ecs
    .on(DescribeTasksCommand)
    .callsFake(({ tasks }: { tasks: string[] }) => ({ tasks: tasks.map((arn) => byArn.get(arn)) }));
};
export const commands = () => sentCalls().map(({ command }) => command);
