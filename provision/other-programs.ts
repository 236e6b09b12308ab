/** Says what containers without Node lack on the sandbox, before they are deployed. Pure. */
import type { Config } from '../lib/config/config.ts';
import type { Change } from '../lib/model/change.ts';
import type { Event } from '../lib/model/report.ts';

/** Returns a note about the containers of the services that a plan deploys. */
export function otherProgramEvents({ target, services }: Config, changes: readonly Change[]): Event[] {
  if (target !== 'sandbox') return [];
  const deployed = new Set(
    changes.filter(({ noun, verb }) => noun === 'taskDefinitions' && verb !== 'remove').map(({ key }) => key),
  );
  const names = services
    .filter(({ name }) => deployed.has(name))
    .flatMap(({ containers }) => containers.filter(({ lacksNode }) => lacksNode).map(({ key }) => key));
  if (names.length === 0) return [];
  const verb = names.length === 1 ? 'runs' : 'run';
  return [
    {
      type: 'note',
      text: `on the sandbox, ${names.join(' and ')} ${verb} in a container runtime, without access to the internet`,
    },
  ];
}
