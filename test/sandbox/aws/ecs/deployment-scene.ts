// A scene for tests of deployments: a service of web:1 at AWS's pace, whose tasks of web:2 have a given fate.
import {
  DescribeServiceDeploymentsCommand,
  ListServiceDeploymentsCommand,
  RegisterTaskDefinitionCommand,
  StopServiceDeploymentCommand,
  type CreateServiceCommandInput,
  type ListServiceDeploymentsCommandInput,
  type ServiceDeployment,
  type StopServiceDeploymentStopType,
} from '@aws-sdk/client-ecs';
import { manualClock } from '../../../../sandbox/world/clock.ts';
import { markTargetsHealthy, scriptedPlane, type Fate } from './plane.ts';
import { balancedAccount, calls, required, twoContainerTask } from './scene.ts';

/** The fate of a task whose image is not in the registry. */
export const CANNOT_PULL: Fate = {
  stopCode: 'TaskFailedToStart',
  reason: 'CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref',
  container: 'api1',
};
/** A circuit breaker with its default threshold, and rollback. */
export const BREAKER = { deploymentCircuitBreaker: { enable: true, rollback: true } };

/** Creates a service of web:1 on AWS's pace. Tasks of web:2 have the given fate. */
export async function serviceScene(fate: Fate = 'runs', input: Partial<CreateServiceCommandInput> = {}) {
  const clock = manualClock();
  const plane = scriptedPlane((definition) => (definition.endsWith(':2') ? fate : 'runs'));
  const account = await balancedAccount({ pace: 1, clock, plane });
  const { ecs, region } = account;
  const { create, update, service } = calls(ecs);
  await create(account.serviceInput({ desiredCount: 1, ...input }));
  const list = async (filter: Partial<ListServiceDeploymentsCommandInput> = {}) =>
    ecs.send(new ListServiceDeploymentsCommand({ cluster: 'main', service: 'web', ...filter }));
  const describe = async (serviceDeploymentArn: string | undefined): Promise<ServiceDeployment> => {
    const serviceDeploymentArns = [required(serviceDeploymentArn)];
    const seen = await ecs.send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns }));
    return required(seen.serviceDeployments?.[0]);
  };
  return {
    ...account,
    clock,
    service,
    update,
    list,
    describe,
    /** Lets time pass. New targets become healthy immediately. */
    pass: (seconds: number): void => {
      for (let second = 0; second < seconds; second += 1) {
        clock.advance(1_000);
        markTargetsHealthy(region);
      }
    },
    /** Starts a deployment of web:2, and returns its ARN. */
    updateToSecond: async (): Promise<string> => {
      await ecs.send(new RegisterTaskDefinitionCommand(twoContainerTask(account.role)));
      await update({ taskDefinition: 'web:2' });
      return required((await list()).serviceDeployments?.[0]?.serviceDeploymentArn);
    },
    stop: (serviceDeploymentArn: string, stopType?: StopServiceDeploymentStopType) =>
      ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn, stopType })),
    advance: (ms: number): void => clock.advance(ms),
    plane,
  };
}
