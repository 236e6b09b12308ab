/** Finishes a change of deployed services: waits for the load balancer, and requests every path of the services. */
import type { FoundService } from '../lib/look/services.ts';
import type { Survey } from '../lib/look/found.ts';
import type { Noun } from '../lib/model/architecture.ts';
import type { Change } from '../lib/model/change.ts';
import type { Session } from '../lib/run/session.ts';
import { idsIn } from '../provision/context.ts';
import { finish } from '../provision/done/finish.ts';
import { withSharedBalancer } from '../provision/shared-balancer.ts';
import type { DeployedService } from './deployed-service.ts';

/** The nouns that a command on deployed services needs to know. Images are built from source, which it does not need. */
export const DEPLOYED_NOUNS: readonly Noun[] = [
  'loadBalancer',
  'listener',
  'targetGroups',
  'rules',
  'taskDefinitions',
  'services',
  'hostedZone',
  'record',
];

/** Returns the change that a command makes to a service beside its configuration. */
export const updateOfService = (key: string): Change<never> => ({
  noun: 'services',
  key,
  verb: 'update',
  fields: [],
  reason: '',
});

/** A service that was changed, and as it is deployed now. */
export interface ChangedService {
  /** The name of the service in the configuration. */
  readonly key: string;
  readonly existing: FoundService;
  readonly deployed: DeployedService;
}

/**
 * Waits for the load balancer, and requests every path of the services.
 * @returns the address of the stack; undefined without a path, or if the name does not resolve
 * @throws UNANSWERED if a path is not answered
 */
export async function finishServices(
  session: Session,
  found: Survey,
  services: readonly ChangedService[],
): Promise<string | undefined> {
  const context = session.lookContext();
  const ids = idsIn(withSharedBalancer(context.config, found));
  const namesInEcs = new Map(services.map(({ key, existing }) => [key, existing.serviceName]));
  const names = {
    ...context.names,
    service: (service: { readonly name: string }) => namesInEcs.get(service.name) ?? service.name,
  };
  const { url } = await finish(
    session.run,
    {
      ...context,
      config: { ...context.config, services: services.map(({ deployed }) => deployed.service) },
      names,
    },
    session.connectedTarget,
    {
      names,
      found: { ...found, services: new Map() },
      changes: services.map(({ key }) => updateOfService(key)),
      planned: { changesOf: () => [], isReplaced: () => false },
      kept: [],
    },
    ids,
  );
  return url;
}
