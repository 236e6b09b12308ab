/** Says what a change means for requests and for data, as its step carries it out. Pure. */
import { shiftsTraffic, type Service } from '../../config/config.ts';
import { awsWaits, type WaitName } from '../../engine/waits.ts';
import { isFormerServiceKey } from '../../look/services.ts';
import type { Noun } from '../../model/architecture.ts';
import type { Change } from '../../model/change.ts';
import { ONLY } from '../../model/resources.ts';
import { roughTime } from '../progress/region.ts';
import type { PlanFacts } from './resource-names.ts';

/** The meaning of a change for requests and for data. */
export interface Effect {
  /** Whether requests fail for a while or from then on, or something is lost that a later run cannot restore. */
  readonly isHarmful: boolean;
  readonly text: string;
}

const harmless = (text: string): Effect => ({ isHarmful: false, text });
const harmful = (text: string): Effect => ({ isHarmful: true, text });

/** The fields of a service whose change makes ECS deploy new tasks. */
const DEPLOYING =
  /^(task definition|load balancers|subnets|security group|public address|deployment strategy)$/;

/** States a usual time on AWS. On the sandbox, it depends on the pace. */
const duration = ({ config }: PlanFacts, ...waits: readonly WaitName[]): string => {
  if (config.target !== 'aws') return '';
  return `, usually ${roughTime(waits.reduce((sum, wait) => sum + awsWaits[wait].usual, 0))}`;
};

const serves = (service: Service | undefined): boolean =>
  service?.containers.some(({ port, path }) => port !== undefined && path !== undefined) === true;

/** Returns the effect of an update of a service. */
function effectOfUpdate(change: Change, { config, found }: PlanFacts): Effect | undefined {
  const { key, fields } = change;
  const service = config.services.find(({ name }) => name === key);
  const before = found.services.get(key);
  const count = fields.find(({ field }) => field === 'count');
  if (count?.to === 0)
    return harmful(serves(service) ? 'requests fail from then on: no task runs' : 'its tasks stop');
  if (!fields.some(({ field }) => DEPLOYING.test(field))) return undefined;
  if (!service || before?.runningCount === 0) return undefined;
  if (!serves(service)) return harmless('the old tasks run until the new ones do');
  return harmless(
    shiftsTraffic(service)
      ? 'requests continue: ECS shifts them to the new tasks'
      : 'requests continue: the new tasks take over before the old ones stop',
  );
}

/** Returns the effect of a replacement. */
function effectOfReplacement(change: Change, facts: PlanFacts): Effect | undefined {
  const { noun, replaces, fields } = change;
  switch (noun) {
    case 'loadBalancer':
      return fields.some(({ field }) => field === 'state')
        ? harmless('it answers no requests now')
        : harmful(
            `requests fail until the new load balancer is active and found by its new name${duration(facts, 'loadBalancerGone', 'loadBalancer', 'dns')}`,
          );
    case 'targetGroups':
      return replaces === undefined
        ? undefined
        : harmless('requests continue: the old targets serve until the new ones are healthy');
    case 'services':
      return replaces !== undefined && isFormerServiceKey(replaces)
        ? harmless('requests continue: the new tasks run beside the old ones until they take over')
        : undefined;
    case 'rules':
      return harmless('requests continue: the old route works until the new one does');
    case 'certificate':
      return harmless('requests continue: the old certificate is used until the new one is issued');
    case 'natGateway':
      return harmful(
        `tasks cannot reach the internet until the new one is available${duration(facts, 'natGatewayGone', 'natGateway')}; requests continue`,
      );
    case 'flowLog':
      return harmless('requests continue; for a moment, traffic is not recorded');
    default:
      return undefined;
  }
}

/** What is lost with a removed resource. */
const LOST: Partial<Record<Noun, string>> = {
  logBucket: 'the access logs in it are deleted',
  hostedZone: 'names in it no longer resolve',
  loadBalancer: 'nothing answers at its address from then on',
};

function effectOfRemoval(change: Change, removed: ReadonlySet<Noun>): Effect | undefined {
  const { noun, key } = change;
  // Everything behind a load balancer is unreachable without it.
  if (noun === 'rules')
    return removed.has('loadBalancer')
      ? undefined
      : harmful('requests to it get the answer of another route, or 404');
  if (noun === 'logGroup')
    return harmful(key === ONLY ? 'the logs of the containers are deleted' : 'the records in it are deleted');
  if (noun === 'record')
    return removed.has('hostedZone') ? undefined : harmful('this name no longer resolves');
  if (noun === 'repositories')
    return removed.has(noun) ? undefined : harmless('the images in it are deleted');
  const text = LOST[noun];
  return text === undefined ? undefined : harmful(text);
}

/**
 * Returns what a change means; undefined if it neither interrupts nor loses anything worth a line.
 * @param removed the kinds of which the plan removes all resources
 */
export function effectOf(change: Change, facts: PlanFacts, removed: ReadonlySet<Noun>): Effect | undefined {
  switch (change.verb) {
    case 'replace':
      return effectOfReplacement(change, facts);
    case 'remove':
      return effectOfRemoval(change, removed);
    case 'update':
      return change.noun === 'services' ? effectOfUpdate(change, facts) : undefined;
    default:
      return undefined;
  }
}
