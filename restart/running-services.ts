/** Finds the services that a command may change while they run, and describes how they are deployed. */
import { describeRevision } from '../lib/aws/task-definition-revisions.ts';
import type { Survey } from '../lib/look/found.ts';
import { isFormerServiceKey, type FoundService } from '../lib/look/services.ts';
import type { Ids } from '../lib/model/architecture.ts';
import { NOTHING_CHANGED, problem, type Problem } from '../lib/model/problem.ts';
import type { Items } from '../lib/model/resources.ts';
import { unknownService } from '../lib/run/bad-arguments.ts';
import type { Session } from '../lib/run/session.ts';
import { waitContext } from '../provision/done/finish.ts';
import type { WaitContext } from '../provision/done/followed-service.ts';
import { serviceAfterRollback } from '../rollback/deployed-service.ts';
import type { ChangedService } from '../rollback/finish-services.ts';

/**
 * Returns the active services of a stack, in the order of their names.
 * @param named the service that the command is limited to; undefined for all
 * @throws ARGUMENTS if there is no such service; NOT_DEPLOYED if it is not deployed, or if nothing is
 */
export async function runningServices(
  session: Session,
  { services, ...found }: Survey,
  named: string | undefined,
): Promise<ChangedService[]> {
  const { config } = session;
  const { aws, names } = session.lookContext();
  const active = [...services].filter(([key, { status }]) => status === 'ACTIVE' && !isFormerServiceKey(key));
  const known = [...new Set([...active.map(([key]) => key), ...config.services.map(({ name }) => name)])];
  if (named !== undefined && !known.includes(named)) throw unknownService(named, known.sort());
  const selected = active.filter(([key]) => named === undefined || key === named);
  if (selected.length === 0)
    throw notDeployed(named === undefined ? names.stack : `${named} in ${names.stack}`);
  const described = await Promise.all(
    selected.map(async ([key, existing]): Promise<ChangedService> => {
      const revision = await describeRevision(aws, existing.taskDefinitionArn);
      const definition = revision?.taskDefinition ?? {};
      return { key, existing, deployed: serviceAfterRollback(config, key, existing, definition, found) };
    }),
  );
  return described.sort((one, other) => one.key.localeCompare(other.key));
}

/** Returns the context of a wait for a running service, under the name that it has in ECS. */
export function runningContext(session: Session, { key, existing }: ChangedService): WaitContext {
  const { aws, names } = session.lookContext();
  return waitContext(session.run, { aws, names: { ...names, service: () => existing.serviceName } }, key);
}

/** Returns the ids that a wait for a running service needs. */
export const runningIds = ({
  key,
  existing: { taskDefinitionArn },
  deployed,
}: ChangedService): {
  readonly taskDefinitions: Items<Ids['taskDefinitions']>;
  readonly targetGroups: Items<Ids['targetGroups']>;
} => ({
  taskDefinitions: new Map([[key, { taskDefinitionArn }]]),
  targetGroups: deployed.targetGroups,
});

/** Whether a service has no tasks on purpose. */
export const isPaused = ({ desiredCount }: Pick<FoundService, 'desiredCount'>): boolean => desiredCount === 0;

const notDeployed = (what: string): Problem =>
  problem('NOT_DEPLOYED', {
    what: `${what} is not deployed.`,
    why: 'It has not been provisioned, or has been removed.',
    now: NOTHING_CHANGED,
    fix: ['npm run provision'],
  });
