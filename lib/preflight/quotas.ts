/** Compares the quotas of the account with what exists and what a provision adds. */
import { GetAWSDefaultServiceQuotaCommand, GetServiceQuotaCommand } from '@aws-sdk/client-service-quotas';
import type { Aws } from '../aws/clients.ts';
import { isCode } from '../aws/errors.ts';
import { UNITS_PER_CPU } from '../config/fargate.ts';
import type { Config } from '../config/config.ts';
import type { Desired } from '../look/context.ts';
import type { Noun } from '../model/architecture.ts';
import type { Change } from '../model/change.ts';
import { QUOTAS, type AccountQuota, type QuotaName } from './quota-table.ts';
import { COUNTS, type CountedStack } from './quota-usage.ts';

/** A quota, with what is used and what is needed. */
export interface QuotaCheck {
  readonly name: QuotaName;
  /** What exists without the changes. */
  readonly used: number;
  /** What the changes add. */
  readonly added: number;
  /** What a deployment adds for a while, beside what it replaces. */
  readonly duringDeployment: number;
  /** The maximum; undefined if the account has no such quota. */
  readonly limit: number | undefined;
  /** Whether AWS reported the maximum; if not, it is the documented default. */
  readonly isReported: boolean;
}

/** The noun whose creations count against a quota. */
const NOUN_OF: Readonly<Partial<Record<QuotaName, Noun>>> = {
  vpcs: 'vpc',
  internetGateways: 'internetGateway',
  elasticIps: 'elasticIp',
  natGateways: 'natGateway',
  securityGroups: 'securityGroups',
  loadBalancers: 'loadBalancer',
  targetGroups: 'targetGroups',
};

/** Returns what some changes add to each quota. A quota to which they add nothing is left out. Pure. */
export function quotaNeeds(
  config: Config,
  changes: readonly Pick<Change, 'noun' | 'verb'>[],
): Map<QuotaName, Pick<QuotaCheck, 'added' | 'duringDeployment'>> {
  const created = (noun: Noun) =>
    changes.filter((change) => change.noun === noun && ['create', 'replace'].includes(change.verb)).length;
  const needs = new Map<QuotaName, Pick<QuotaCheck, 'added' | 'duringDeployment'>>();
  const add = (name: QuotaName, added: number, duringDeployment = 0) => {
    if (added > 0) needs.set(name, { added, duringDeployment });
  };
  for (const [name, noun] of Object.entries(NOUN_OF)) add(name as QuotaName, created(noun));
  // The load balancer of someone else has parts that are not counted.
  if (!config.loadBalancer) {
    add('groupsPerBalancer', created('targetGroups'));
    add('rulesPerBalancer', created('rules'));
  }
  const cpus = config.services.reduce((sum, { count, cpu }) => sum + (count * cpu) / UNITS_PER_CPU, 0);
  // A deployment starts the tasks of the new version before it stops those of the old one.
  if (created('services') > 0 || created('taskDefinitions') > 0) add('fargateCpus', cpus, cpus);
  return needs;
}

/**
 * Reads one quota, and what is used of it.
 * @throws the error of a count, e.g. of a missing permission
 */
export async function readQuota(
  aws: Pick<Aws, 'ec2' | 'ecs' | 'elbv2' | 'servicequotas'>,
  stack: CountedStack,
  name: QuotaName,
  need: Pick<QuotaCheck, 'added' | 'duringDeployment'>,
): Promise<QuotaCheck> {
  const [used, { limit, isReported }] = await Promise.all([
    COUNTS[name]?.(aws, stack) ?? 0,
    limitOf(aws, QUOTAS[name]),
  ]);
  return { name, used, ...need, limit, isReported };
}

/**
 * Returns the maximum. GetServiceQuota does not know a quota that has only a default. If Service Quotas cannot be asked, the
 * documented default is used.
 * @see https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetServiceQuota.html
 */
async function limitOf(
  { servicequotas }: Pick<Aws, 'servicequotas'>,
  { service: ServiceCode, code: QuotaCode, default: documented }: AccountQuota,
): Promise<Pick<QuotaCheck, 'limit' | 'isReported'>> {
  const input = { ServiceCode, QuotaCode };
  const read = [
    async () => servicequotas(new GetServiceQuotaCommand(input)),
    async () => servicequotas(new GetAWSDefaultServiceQuotaCommand(input)),
  ];
  try {
    for (const send of read) {
      try {
        const value = (await send()).Quota?.Value;
        if (value !== undefined) return { limit: value, isReported: true };
      } catch (error) {
        if (!isCode(error, 'NoSuchResource')) throw error;
      }
    }
    return { limit: undefined, isReported: true };
  } catch {
    return { limit: documented, isReported: false };
  }
}

/** Whether the changes fit into a quota: completely, only without a later deployment, or not. */
export const fits = ({ used, added, duringDeployment, limit }: QuotaCheck): 'yes' | 'once' | 'no' =>
  limit === undefined || used + added + duringDeployment <= limit
    ? 'yes'
    : used + added <= limit
      ? 'once'
      : 'no';

/** Describes a quota in words, e.g. `VPCs: 4 of 5 are in use, and 1 is added`. */
export function quotaText({ name, used, added, duringDeployment, limit, isReported }: QuotaCheck): string {
  const maximum = limit === undefined ? '' : ` of ${count(limit)}${isReported ? '' : ' (the default)'}`;
  const during = duringDeployment > 0 ? `, and a deployment adds ${count(duringDeployment)} for a while` : '';
  return `${QUOTAS[name].name}: ${count(used)}${maximum} in use, the stack adds ${count(added)}${during}`;
}

/** Returns the ways to make room for what the changes add. */
export function quotaFix(
  { name, used, added, duringDeployment }: QuotaCheck,
  { region }: Pick<Desired['config'], 'region'>,
): string[] {
  const { service, code, name: words } = QUOTAS[name];
  const needed = Math.ceil(used + added + duringDeployment);
  return [
    `aws service-quotas request-service-quota-increase --service-code ${service} --quota-code ${code} --desired-value ${needed} --region ${region}`,
    name === 'fargateCpus'
      ? 'or lower count or cpu of the services, or stop other tasks'
      : `or remove ${words} that are not needed, or choose another region`,
  ];
}

const count = (value: number): string => String(Math.round(value * 100) / 100);
