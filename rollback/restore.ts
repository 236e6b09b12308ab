/** Carries out a rollback: registers the earlier content as a new revision, deploys it, and deregisters the other revisions. */
import { UpdateServiceCommand, type Service as EcsService } from '@aws-sdk/client-ecs';
import { deregisterRevision, revisionName, revisionNumber } from '../lib/aws/task-definition-revisions.ts';
import { messageOf } from '../lib/aws/errors.ts';
import { describeServices, type FoundService } from '../lib/look/services.ts';
import { Problem } from '../lib/model/problem.ts';
import type { Session } from '../lib/run/session.ts';
import { waitContext } from '../provision/done/finish.ts';
import { waitForService } from '../provision/done/wait-for-service.ts';
import { retireRevisions } from '../provision/services/retire.ts';
import type { DeployedService } from './deployed-service.ts';
import { registerAgain, type RestoredRevision } from './register.ts';

/** The rollback of one service. */
export interface Rollback extends RestoredRevision {
  /** The name of the service in the configuration. */
  readonly key: string;
  readonly existing: FoundService;
  readonly deployed: DeployedService;
  /** Whether the service uses the revision already, for example because an earlier run was killed. */
  readonly isInService: boolean;
}

/**
 * Carries out a rollback. The state file records it before the first change, so that the same command continues it after a kill.
 * The caller erases the record once the result is verified. If the deployment fails and the service is back on the revision that
 * was in service before, the new revision is deregistered.
 * @returns the ARN of the new revision
 * @throws DEPLOYMENT and the other problems of `waitForService`
 */
export async function carryOutRollback(session: Session, rollback: Rollback): Promise<string> {
  const { run } = session;
  const { aws, names } = session.lookContext();
  const { key, existing, revision } = rollback;
  const { state } = run;
  await state.recordRollback({ service: key, to: revision });
  const current = existing.taskDefinitionArn;
  const isDeployed = rollback.isInService && existing.rollout !== 'FAILED';
  const arn = isDeployed ? current : await registerAgain(aws, names.stack, rollback, current);
  await state.record(`taskDefinitions.${key}`, { taskDefinitionArn: arn });
  const response = isDeployed
    ? undefined
    : await aws.ecs(
        new UpdateServiceCommand({
          cluster: names.cluster,
          service: existing.serviceName,
          taskDefinition: arn,
        }),
      );
  try {
    await waitUntilRestored(session, rollback, arn, response?.service);
  } catch (error) {
    if (!(error instanceof Problem) || run.signal.aborted) throw error;
    throw await concludeFailedRollback(session, rollback, arn, error);
  }
  await retireRevisions({
    aws,
    names,
    family: rollback.definition.family ?? names.family(key),
    current: arn,
    recorded: arn,
    serviceName: existing.serviceName,
    former: current,
    isProven: run.waitUntilReady,
  });
  return arn;
}

async function waitUntilRestored(
  session: Session,
  { key, existing, deployed }: Rollback,
  taskDefinitionArn: string,
  response: EcsService | undefined,
): Promise<void> {
  const { run } = session;
  if (!run.waitUntilReady) return;
  const { aws, names } = session.lookContext();
  const context = {
    ...waitContext(run, { aws, names: { ...names, service: () => existing.serviceName } }, key),
    existing,
  };
  const ids = {
    taskDefinitions: new Map([[key, { taskDefinitionArn }]]),
    targetGroups: deployed.targetGroups,
  };
  await waitForService(context, deployed.service, ids, response);
}

/**
 * Deregisters the new revision of a failed rollback, if the service no longer uses it. Returns the problem to show. If AWS rejects
 * a call meanwhile, the cause of the failure is more important: the next rollback or provision deregisters the revision.
 */
async function concludeFailedRollback(
  session: Session,
  rollback: Rollback,
  arn: string,
  cause: Problem,
): Promise<Problem> {
  await deregisterIfUnused(session, rollback, arn).catch((error: unknown) =>
    session.run.report({
      type: 'warning',
      text: `${revisionName(arn)} may stay registered: ${messageOf(error)}`,
    }),
  );
  return new Problem(cause.code, {
    ...cause,
    what: `${cause.what} This was the rollback to revision ${rollback.revision}.`,
    fix: [...cause.fix, `npm run history -- ${rollback.key}, to choose another revision`],
    cause: cause.cause,
  });
}

async function deregisterIfUnused(session: Session, { key, existing }: Rollback, arn: string): Promise<void> {
  const { run } = session;
  const { aws, names } = session.lookContext();
  const [service] = await describeServices(aws, names.cluster, [existing.serviceName]);
  if (service?.taskDefinition === arn) return;
  await deregisterRevision(aws, arn);
  await run.state.record(`taskDefinitions.${key}`, { taskDefinitionArn: existing.taskDefinitionArn });
  await run.state.recordRollback(undefined);
}

/** Describes a rollback in a plan, e.g. `web: revision 5 → the content of revision 4`. */
export const rollbackText = ({ key, revision, existing }: Rollback): string =>
  `${key}: revision ${revisionNumber(existing.taskDefinitionArn)} → the content of revision ${revision}`;
