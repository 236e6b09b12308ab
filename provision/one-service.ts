/** Limits a plan to one service and the resources that it needs: `npm run deploy`. Pure. */
import { containersOf, type Config } from '../lib/config/config.ts';
import { BALANCER } from '../lib/derive/security-group-rules.ts';
import { KEY_TAG, STACK_TAG } from '../lib/derive/tags.ts';
import { serviceOfRole } from '../lib/derive/task-permissions.ts';
import type { Desired } from '../lib/look/context.ts';
import { itemsOf, type Survey } from '../lib/look/found.ts';
import { changeAddress, type Change } from '../lib/model/change.ts';
import { NOTHING_CHANGED, problem } from '../lib/model/problem.ts';
import type { Event } from '../lib/model/report.ts';
import type { Options } from '../lib/run/options.ts';

/** Returns the command that the options belong to. */
export const selectedCommand = ({
  drift,
  deploy,
}: Pick<Options, 'drift' | 'deploy'>): 'drift' | 'deploy' | 'provision' =>
  drift ? 'drift' : deploy ? 'deploy' : 'provision';

/** The service that a run is limited to; undefined for a run on all services. */
export const onlyServiceOf = ({
  deploy,
  service,
}: Pick<Options, 'deploy' | 'service'>): string | undefined => (deploy ? service : undefined);

/**
 * Returns the service that a change belongs to; undefined for a resource that all services share. The key of a container begins
 * with the name of its service; a container that is no longer configured belongs to the service with the longest such name.
 */
function ownerOf({ noun, key }: Change, config: Config, found: Survey): string | undefined {
  if (noun === 'services' || noun === 'taskDefinitions') return key.split('~')[0];
  if (noun === 'securityGroups') return key === BALANCER ? undefined : key.split('~')[0];
  if (noun === 'roles') return serviceOfRole(key);
  if (!['targetGroups', 'rules', 'images', 'repositories'].includes(noun)) return undefined;
  const container = itemsOf(found, noun).get(key)?.tags[KEY_TAG] ?? key;
  const names = [
    ...config.services.map(({ name }) => name),
    ...found.services.keys(),
    ...found.taskDefinitions.keys(),
  ];
  const configured = config.services.find(({ containers }) =>
    containers.some((one) => one.key === container),
  );
  return (
    configured?.name ??
    names.filter((name) => container.startsWith(`${name}-`)).sort((a, b) => b.length - a.length)[0]
  );
}

/** The changes of one service, and those of the others. */
export interface LimitedChanges {
  /** The changes of the service and of the resources that it shares with the others. */
  readonly included: readonly Change[];
  /** The changes that are left for a provision. */
  readonly leftOut: readonly Change[];
}

/**
 * Limits changes to one service. Shared resources are created and updated with it. Nothing shared is removed, since other
 * services may still use it.
 * @throws REFUSED if a shared resource would be replaced
 */
export function limitChanges(
  changes: readonly Change[],
  service: string,
  config: Config,
  found: Survey,
): LimitedChanges {
  const owners = new Map(changes.map((change) => [change, ownerOf(change, config, found)]));
  const isIncluded = (change: Change) =>
    owners.get(change) === service || (owners.get(change) === undefined && change.verb !== 'remove');
  const included = changes.filter(isIncluded);
  const replaced = included.filter((change) => owners.get(change) === undefined && change.verb === 'replace');
  if (replaced.length > 0) throw sharedReplacement(service, replaced);
  return { included, leftOut: changes.filter((change) => !isIncluded(change)) };
}

/**
 * Adds the deployed images of the other services to a survey. These images are not built, so they count as current.
 */
export function withDeployedImages({ config, names }: Desired, found: Survey, service: string): Survey {
  const others = containersOf(config).filter(({ key, image }) => 'source' in image && !found.images.has(key));
  const deployed = others.flatMap(({ key, name }) => {
    const owner = config.services.find(({ containers }) => containers.some((one) => one.key === key));
    const imageUri = found.taskDefinitions.get(owner?.name ?? '')?.definition[`${name}.image`];
    return owner?.name === service || typeof imageUri !== 'string'
      ? []
      : [[key, { imageUri, tags: { [STACK_TAG]: names.stack } }] as const];
  });
  return { ...found, images: new Map([...found.images, ...deployed]) };
}

/** Returns a note that lists what is left for a provision; no note if nothing is known to be left. */
export const leftOutEvents = (leftOut: readonly Change[] = []): Event[] =>
  leftOut.length === 0
    ? []
    : [{ type: 'note', text: `left for npm run provision: ${leftOut.map(leftOutText).join(', ')}` }];

const leftOutText = (change: Change): string => `${change.verb} ${changeAddress(change)}`;

const sharedReplacement = (service: string, replaced: readonly Change[]) =>
  problem('REFUSED', {
    what: `${service} cannot be deployed alone.`,
    why: replaced
      .map(
        (change) =>
          `${changeAddress(change)} would be replaced, and other services need it: ${change.reason}.`,
      )
      .join('\n'),
    now: NOTHING_CHANGED,
    fix: ['npm run provision, to provision all services', 'or undo the change in slipway.config.ts'],
  });
