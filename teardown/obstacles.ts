/** Looks, before the first removal, for everything that would make AWS refuse a removal. */
import { countText } from '../lib/model/count-text.ts';
import { isProblem, NOTHING_CHANGED, problem } from '../lib/model/problem.ts';
import { pending, ready, until } from '../lib/engine/until.ts';
import type { Config } from '../lib/config/config.ts';
import type { Survey } from '../lib/look/found.ts';
import { hasDeletionProtection, PROTECTION } from '../lib/look/load-balancer.ts';
import type { Change } from '../lib/model/change.ts';
import { awsCommand, type Run } from '../lib/run/run.ts';
import type { Session } from '../lib/run/session.ts';
import { instancesInCluster, strangersInCluster } from './cluster-strangers.ts';
import { foreignRules, strangersIn, type Stranger, type StrangerContext } from './strangers.ts';
import { strangersUsing } from './target-group-users.ts';

/** Something that would make AWS refuse a removal. */
export interface Obstacle {
  /** A description of the obstacle. */
  readonly text: string;
  /** The command that removes the obstacle, or that shows its owner. */
  readonly command: string;
}

type ObstacleSession = Pick<Session, 'run' | 'lookContext'>;

/**
 * Finds the obstacles to the planned removals: deletion protection, foreign tasks, services and instances in our cluster, foreign
 * resources in our VPC, and foreign rules that use our target groups or refer to our security groups.
 * @param wait whether to look again for up to a minute while each of the strangers found may still be our own resource
 */
export async function findObstacles(
  session: ObstacleSession,
  found: Survey,
  changes: readonly Change[],
  { wait }: { readonly wait: boolean },
): Promise<Obstacle[]> {
  const { run } = session;
  const { config } = session.lookContext();
  let strangers: Stranger[] = [];
  const lookForStrangers = async () => {
    const { aws, names } = session.lookContext();
    strangers = await strangersOf({ aws, names, found }, changes);
    return strangers.length === 0 || strangers.some(({ isCertainlyForeign }) => isCertainlyForeign)
      ? ready(undefined)
      : pending(`${strangers.length} resources without tags`);
  };
  const { state } = await lookForStrangers();
  if (wait && state === 'pending') {
    await until(
      'the resources of others to be distinguished from ours',
      run.waits.leftovers,
      lookForStrangers,
      run,
    ).catch((error: unknown) => {
      if (!isProblem(error, 'TIMEOUT')) throw error;
    });
  }
  return [
    ...deletionProtections(run, config, found, changes),
    ...strangers.map(({ text, command }) => ({ text, command: awsCommand(run, command) })),
  ];
}

/** @throws BLOCKED if there are obstacles */
export function throwObstacles(obstacles: readonly Obstacle[], stack: string): void {
  if (obstacles.length === 0) return;
  throw problem('BLOCKED', {
    what: `${countText(obstacles.length, 'obstacle')} would keep ${stack} from being removed.`,
    why: obstacles.map(({ text }) => text).join('\n'),
    now: NOTHING_CHANGED,
    fix: [...obstacles.map(({ command }) => command), 'npm run teardown, once nothing is in the way'],
  });
}

const removedKeys = (changes: readonly Change[], noun: Change['noun']): ReadonlySet<string> =>
  new Set(changes.filter((change) => change.noun === noun).map(({ key }) => key));

/**
 * Returns an obstacle for each load balancer with deletion protection. If the configuration asks for the protection, a teardown is
 * refused even if the protection is not on, because another user turned it off or a provision ended before it was on.
 */
function deletionProtections(
  run: Run,
  { protect }: Config,
  found: Survey,
  changes: readonly Change[],
): Obstacle[] {
  const keys = removedKeys(changes, 'loadBalancer');
  return [...found.loadBalancer]
    .filter(([key, balancer]) => keys.has(key) && (protect || hasDeletionProtection(balancer)))
    .map(([, { loadBalancerArn }]) => {
      const name = loadBalancerArn.split('/').at(-2) ?? '';
      return protect
        ? {
            text: `The load balancer ${name} is protected from deletion, because protect is true in the configuration.`,
            command: 'Remove protect from slipway.config.ts, and run npm run provision.',
          }
        : {
            text: `The load balancer ${name} has deletion protection, although protect is not set in the configuration.`,
            command: awsCommand(
              run,
              `aws elbv2 modify-load-balancer-attributes --load-balancer-arn ${loadBalancerArn} --attributes Key=${PROTECTION},Value=false`,
            ),
          };
    });
}

async function strangersOf(context: StrangerContext, changes: readonly Change[]): Promise<Stranger[]> {
  const { found } = context;
  const vpcs = [...removedKeys(changes, 'vpc')].flatMap((key) => found.vpc.get(key)?.vpcId ?? []);
  const groups = [...removedKeys(changes, 'securityGroups')].flatMap(
    (key) => found.securityGroups.get(key)?.groupId ?? [],
  );
  const targetGroups = [...removedKeys(changes, 'targetGroups')].flatMap(
    (key) => found.targetGroups.get(key) ?? [],
  );
  const balancers = [...removedKeys(changes, 'loadBalancer')].flatMap(
    (key) => found.loadBalancer.get(key)?.loadBalancerArn ?? [],
  );
  const clusters = [...removedKeys(changes, 'cluster')].flatMap((key) => found.cluster.get(key) ?? []);
  const hasInstances = clusters.some(({ containerInstanceCount }) => containerInstanceCount > 0);
  const [inCluster, instances, users, rules, ...inVpcs] = await Promise.all([
    clusters.length > 0 ? strangersInCluster(context) : [],
    hasInstances ? instancesInCluster(context) : [],
    strangersUsing(context, targetGroups, balancers),
    foreignRules(context, groups),
    ...vpcs.map((vpcId) => strangersIn(context, vpcId)),
  ]);
  // The network interface of a foreign gateway is left out: it disappears with the gateway, which is listed as well.
  const resources = inVpcs.flat().filter(({ gateway }) => gateway === undefined);
  return [...inCluster, ...instances, ...users, ...resources, ...rules];
}
