/** The census: how many of each kind the world holds. */
import type { Table } from './world/table.ts';
import type { World } from './world/world.ts';

/** Counts by kind, e.g. `ec2.vpcs`; kinds of which there is none are left out. */
export type Census = Record<string, number>;

/** Tables that are AWS's memory, not things that anyone owns: tokens, changes, revision numbers, half uploads. */
const MEMORY = new Set([
  'ec2.tokens',
  'ecs.families',
  'route53.changes',
  'route53.callerReferences',
  'route53.balancerNames',
  'ecr.uploads',
]);

/** Counts what is alive in all regions: what is deleted but still describable does not count. */
export function census(world: World): Census {
  const counts: Census = {};
  const count = (service: string, tables: Record<string, Table<object>>) => {
    for (const [kind, table] of Object.entries(tables)) {
      const name = `${service}.${kind}`;
      const alive = MEMORY.has(name) ? 0 : table.filter(isAlive).length;
      if (alive > 0) counts[name] = (counts[name] ?? 0) + alive;
    }
  };
  for (const { ec2, elbv2, ecs, autoscaling, ecr, logs } of world.regions()) {
    const stores = { ec2, elbv2, ecs, autoscaling, ecr, logs };
    for (const [service, tables] of Object.entries(stores)) count(service, tables);
  }
  const [any] = world.regions();
  if (any) {
    count('iam', any.iam);
    count('route53', any.route53);
  }
  return counts;
}

/** States in which AWS still shows what is already gone. */
const GONE = new Set(['deleted', 'failed', 'INACTIVE', 'DELETE_IN_PROGRESS', 'STOPPED']);

function isAlive(row: object): boolean {
  const { State, status, lastStatus, Path } = row as Record<string, unknown>;
  // Service-linked roles belong to the account: nobody made them, nobody takes them down.
  if (typeof Path === 'string' && Path.startsWith('/aws-service-role/')) return false;
  return ![State, status, lastStatus].some((state) => typeof state === 'string' && GONE.has(state));
}
