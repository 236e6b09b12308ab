/** The expected duration of a provision or a teardown on AWS: the longest path, with the usual duration of each wait. Pure. */
import type { Service } from '../config/config.ts';
import { totalBakeMinutes } from '../config/bake-minutes.ts';
import { needs, type Noun } from '../model/architecture.ts';
import type { Change, Verb } from '../model/change.ts';
import type { PlannedStep, StageOfSteps } from '../model/report.ts';
import { reversed } from './graph.ts';
import { longestPath } from './longest-path.ts';
import { awsWaits, type WaitName } from './waits.ts';

/** Milliseconds of the calls of one step. */
const CALLS_MS = 500;

const usual = (...waits: readonly WaitName[]): number =>
  waits.reduce((sum, wait) => sum + awsWaits[wait].usual, 0);

/** Milliseconds that the creation of a noun waits. */
const CREATION_WAIT_MS: Partial<Record<Noun, number>> = {
  natGateway: usual('natGateway'),
  services: usual('deployment'),
  record: usual('dns', 'answer'),
};
/** Milliseconds that the removal of a noun waits. */
const REMOVAL_WAIT_MS: Partial<Record<Noun, number>> = {
  services: usual('serviceGone'),
  natGateway: usual('natGatewayGone'),
  loadBalancer: usual('interfacesGone'),
  gatewayEndpoint: usual('vpcEndpointGone'),
};

/** Milliseconds that the creation of a noun takes, or its update. Updates include a wait only for services and records. */
function creationMs(noun: Noun, verbs: readonly Verb[]): number {
  const isCreated = verbs.includes('create') || verbs.includes('replace');
  const updateHasWait = noun === 'services' || noun === 'record';
  return isCreated || (updateHasWait && verbs.includes('update')) ? (CREATION_WAIT_MS[noun] ?? 0) : 0;
}

/** Milliseconds that the removals of a noun take. */
const removalMs = (noun: Noun, verbs: readonly Verb[]): number =>
  verbs.includes('replace') || verbs.includes('remove') ? (REMOVAL_WAIT_MS[noun] ?? 0) : 0;

/** The time that the changes of a noun take, milliseconds. */
function durationOf(changes: readonly Change[], noun: Noun): number {
  const verbs = changes.filter((change) => change.noun === noun).map(({ verb }) => verb);
  return verbs.length === 0 ? 0 : CALLS_MS + creationMs(noun, verbs) + removalMs(noun, verbs);
}

/** Returns the longest bake time of an update of a service, in milliseconds. A first deployment has no old tasks to wait for. */
const longestBakeMs = (changes: readonly Change[], services: readonly Pick<Service, 'name' | 'deploy'>[]) => {
  const updated = changes.filter(({ noun, verb }) => noun === 'services' && verb === 'update');
  const bakeMinutes = services
    .filter(({ name }) => updated.some(({ key }) => key === name))
    .map(({ deploy }) => totalBakeMinutes(deploy));
  return Math.max(0, ...bakeMinutes) * 60_000;
};

/**
 * Returns the milliseconds that a provision with these changes usually takes.
 * @param services the configured services, whose deployments may have bake times
 */
export function expectedProvision(
  changes: readonly Change[],
  services: readonly Pick<Service, 'name' | 'deploy'>[] = [],
): number {
  const isBalancerNew = changes.some(
    ({ noun, verb }) => noun === 'loadBalancer' && (verb === 'create' || verb === 'replace'),
  );
  // A load balancer becomes active while other resources are created; only the record waits for it.
  const ownDurations = durations(changes);
  const graph = { ...needs, balancerActive: ['loadBalancer'], record: [...needs.record, 'balancerActive'] };
  return longestPath(graph, {
    ...ownDurations,
    services: (ownDurations.services ?? 0) + longestBakeMs(changes, services),
    balancerActive: isBalancerNew ? usual('loadBalancer') : 0,
  }).ms;
}

/**
 * Returns the milliseconds that a teardown with these changes usually takes.
 * @param order the nouns that must be removed before each noun
 */
export const expectedTeardown = (
  changes: readonly Change[],
  order: Readonly<Record<Noun, readonly Noun[]>>,
): number => longestPath(order, durations(changes)).ms + usual('leftovers');

/**
 * Returns the stages of a provision: the steps that create and update, and then the removals.
 * @param services the configured services, whose deployments may have bake times
 */
export function stagesOfProvision(
  changes: readonly Change[],
  services: readonly Pick<Service, 'name' | 'deploy'>[],
): StageOfSteps[] {
  const bakeMs = longestBakeMs(changes, services);
  const steps = changes.flatMap(({ noun, key, verb }): PlannedStep[] => {
    if (verb === 'remove' || verb === 'refused') return [];
    const bake = noun === 'services' && verb === 'update' ? bakeMs : 0;
    return [{ noun, key, verb, usualMs: CALLS_MS + creationMs(noun, [verb]) + bake }];
  });
  const removed = changes.flatMap(({ noun, key, verb, replaces }) =>
    verb === 'remove' ? [{ noun, key }] : replaces === undefined ? [] : [{ noun, key: replaces }],
  );
  return [{ after: needs, steps }, stageOfRemovals(removed, reversed<Noun>(needs))];
}

/**
 * Returns the stage of removals.
 * @param after the nouns that must be removed before each noun
 */
export const stageOfRemovals = (
  removed: readonly Pick<Change, 'noun' | 'key'>[],
  after: Readonly<Record<Noun, readonly Noun[]>>,
): StageOfSteps => ({
  after,
  steps: removed.map(({ noun, key }) => ({
    ...{ noun, key, verb: 'remove' },
    usualMs: CALLS_MS + removalMs(noun, ['remove']),
  })),
});

const durations = (changes: readonly Change[]): Record<string, number> =>
  Object.fromEntries(changes.map(({ noun }) => [noun, durationOf(changes, noun)]));
