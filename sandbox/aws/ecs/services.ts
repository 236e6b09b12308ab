/** The operations on services, except updates, which are in `service-updates.ts`. */
import { isDeepStrictEqual } from 'node:util';
import type * as ECS from '@aws-sdk/client-ecs';
import type { CreateServiceRequest } from '@aws-sdk/client-ecs';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { removeTarget } from '../autoscaling/removal.ts';
import { deploy } from './deployment.ts';
import { invalid, serviceNotFound } from './errors.ts';
import { checkName, serviceArnOf } from './identifiers.ts';
import { activeClusterOf, clusterOf, findService, page, serviceOf } from './lookups.ts';
import { supersede, unfinishedRollout } from './rollouts.ts';
import { checkServicesOnRead } from './scheduler.ts';
import { requireLinkedRole } from './service-linked-role.ts';
import { newService } from './service-row.ts';
import { serviceView } from './service-view.ts';
import type { ServiceRow } from './store.ts';
import { wake } from './wake.ts';

const MAX_NAMES = 10;
const TAGS = ['TAGS'] as const;

/**
 * Handles a create call for a name that may already be in use.
 * @returns the existing service if the call repeats the call that created this service, with the same client token;
 *   undefined for a free name
 * @throws InvalidParameterException if the name is in use and the call is not such a repeat
 */
function existingOnRepeat(
  region: Region,
  existing: ServiceRow | undefined,
  input: CreateServiceRequest,
): ServiceRow | undefined {
  if (!existing || canReuseName(region, existing)) return undefined;
  if (existing.status === 'DRAINING') throw invalid('Unable to Start a service that is still Draining.');
  const isRepeat = input.clientToken !== undefined && isDeepStrictEqual(existing.createInput, input);
  if (isRepeat && existing.status === 'ACTIVE') return existing;
  throw invalid('Creation of service was not idempotent.');
}

/** Whether a create call can reuse the name of a service. The call must already see that the service is deleted. */
function canReuseName(region: Region, { serviceArn: id, status, inactiveAt }: ServiceRow): boolean {
  if (status !== 'INACTIVE') return false;
  if (!inactiveAt) return true;
  const propagation = { lag: 'idLagMs', id, consumer: 'ecs CreateService', changedAt: inactiveAt } as const;
  return region.visibleAt(propagation) <= region.now().getTime();
}

export const serviceOperations = {
  /**
   * A name is in use while its service is ACTIVE or DRAINING.
   * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
   */
  CreateService: {
    inputMembers: [
      'cluster',
      'serviceName',
      'taskDefinition',
      'loadBalancers',
      'desiredCount',
      'clientToken',
      'launchType',
      'capacityProviderStrategy',
      'platformVersion',
      'deploymentConfiguration',
      'deploymentController',
      'networkConfiguration',
      'placementConstraints',
      'placementStrategy',
      'serviceRegistries',
      'vpcLatticeConfigurations',
      'healthCheckGracePeriodSeconds',
      'schedulingStrategy',
      'availabilityZoneRebalancing',
      'enableECSManagedTags',
      'propagateTags',
      'enableExecuteCommand',
      'tags',
    ],
    run(input, region) {
      requireLinkedRole(region);
      const cluster = activeClusterOf(region, input.cluster);
      checkName('Service', input.serviceName ?? '');
      if ((input.clientToken?.length ?? 0) > 36)
        throw invalid('clientToken can be at most 36 characters long.');
      const existing = findService(region, cluster, input.serviceName);
      const serviceOfRepeat = existingOnRepeat(region, existing, input);
      if (serviceOfRepeat) return { service: serviceView(region, serviceOfRepeat, TAGS) };
      const service = newService(region, cluster, input);
      region.ecs.services.set(service.serviceArn, service);
      deploy(region, service);
      return { service: serviceView(region, service, TAGS) };
    },
  },

  /** Describes up to ten services. Unknown services are listed as failures. */
  DescribeServices: {
    inputMembers: ['cluster', 'services', 'include'],
    before: checkServicesOnRead,
    run(input, region) {
      const cluster = clusterOf(region, input.cluster);
      const { services: named = [], include } = input;
      if (named.length === 0) throw invalid('Services cannot be empty.');
      if (named.length > MAX_NAMES) throw invalid(`Services can have at most ${MAX_NAMES} items.`);
      const services: ECS.Service[] = [];
      const failures: ECS.Failure[] = [];
      for (const reference of named) {
        const row = findService(region, cluster, reference);
        if (row) services.push(serviceView(region, row, include));
        else failures.push({ arn: serviceArnOf(region, cluster, reference), reason: 'MISSING' });
      }
      return { services, failures };
    },
  },

  /** Lists ACTIVE services only, not draining ones. */
  ListServices: {
    inputMembers: ['cluster', 'launchType', 'schedulingStrategy', 'maxResults', 'nextToken'],
    run(input, region) {
      const { clusterArn } = clusterOf(region, input.cluster);
      const listed = region.ecs.services.filter(
        (row) =>
          row.clusterArn === clusterArn &&
          row.status === 'ACTIVE' &&
          (input.launchType ?? row.launchType) === row.launchType &&
          (input.schedulingStrategy ?? 'REPLICA') === 'REPLICA',
      );
      const { rows, nextToken } = page(listed, input.maxResults ?? 10, input.nextToken);
      return { serviceArns: rows.map((row) => row.serviceArn), nextToken };
    },
  },

  /** Returns an empty list, because no service uses Service Connect. */
  ListServicesByNamespace: {
    inputMembers: ['namespace', 'maxResults', 'nextToken'],
    run: () => ({ serviceArns: [] }),
  },

  /** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteService.html */
  DeleteService: {
    inputMembers: ['cluster', 'service', 'force'],
    run(input, region) {
      const cluster = activeClusterOf(region, input.cluster);
      const service = serviceOf(region, cluster, input.service);
      if (service.status === 'INACTIVE') throw serviceNotFound();
      if (service.status === 'DRAINING') return { service: serviceView(region, service) };
      if (!input.force && service.desiredCount > 0) {
        throw invalid('The service cannot be stopped while it is scaled above 0.');
      }
      if (!input.force && service.deployments.length > 1) {
        throw invalid('The service cannot be stopped while deployments are active.');
      }
      service.status = 'DRAINING';
      service.desiredCount = 0;
      const rollout = unfinishedRollout(service);
      if (rollout) supersede(region, service, rollout);
      // The service's scalable target is deleted together with the service.
      removeTarget(region, `service/${cluster.clusterName}/${service.serviceName}`);
      wake(region, service, 'taskCreate');
      return { service: serviceView(region, service) };
    },
  },
} satisfies Operations<typeof ECS>;
