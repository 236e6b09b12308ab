/** Updates of a service: some members start a deployment, others only change the scheduler's settings. */
import { isDeepStrictEqual } from 'node:util';
import type * as ECS from '@aws-sdk/client-ecs';
import type { Operations } from '../../operations.ts';
import { checkStrategy } from './capacity.ts';
import { deploy } from './deployment.ts';
import { notSupported, serviceNotActive } from './errors.ts';
import { activeClusterOf, findTaskDefinition, serviceOf } from './lookups.ts';
import { checkNetwork } from './network-rules.ts';
import { mergeDeploymentConfiguration, zoneRebalancing } from './deployment-rules.ts';
import {
  checkDesiredCount,
  checkExecuteCommand,
  checkGracePeriod,
  checkLoadBalancers,
  checkPlacement,
  checkPlatformVersion,
  runnableDefinition,
} from './service-rules.ts';
import { serviceView } from './service-view.ts';
import type { ServiceRow } from './store.ts';
import { wake } from './wake.ts';

/** Returns the settings of a service's tasks. A change to one of them requires new tasks. */
const taskSettings = ({
  taskDefinition,
  networkConfiguration,
  platformVersion,
  loadBalancers,
}: ServiceRow) => ({
  taskDefinition,
  networkConfiguration,
  platformVersion,
  loadBalancers,
});

export const serviceUpdateOperations = {
  /**
   * Updates a service. The update starts a deployment only if it changes the task definition, network, platform version or
   * load balancers, or if `forceNewDeployment` is set.
   * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
   */
  UpdateService: {
    inputMembers: [
      'cluster',
      'service',
      'desiredCount',
      'taskDefinition',
      'capacityProviderStrategy',
      'deploymentConfiguration',
      'deploymentController',
      'availabilityZoneRebalancing',
      'networkConfiguration',
      'placementConstraints',
      'placementStrategy',
      'serviceRegistries',
      'vpcLatticeConfigurations',
      'platformVersion',
      'forceNewDeployment',
      'healthCheckGracePeriodSeconds',
      'enableExecuteCommand',
      'enableECSManagedTags',
      'propagateTags',
      'loadBalancers',
    ],
    run(input, region) {
      const cluster = activeClusterOf(region, input.cluster);
      const service = serviceOf(region, cluster, input.service);
      if (service.status !== 'ACTIVE') throw serviceNotActive();
      const { type = 'ECS' } = input.deploymentController ?? {};
      if (type !== 'ECS') throw notSupported(`the deployment controller ${type}`);
      const definition =
        input.taskDefinition === undefined
          ? findTaskDefinition(region, service.taskDefinition)
          : runnableDefinition(region, input.taskDefinition, 'UpdateService');
      if (!definition) throw notSupported('a task definition that is gone');
      // Check everything before any change: a refused call leaves the service unchanged.
      const deploymentConfiguration = mergeDeploymentConfiguration(
        input.deploymentConfiguration,
        service.deploymentConfiguration,
      );
      const { strategy = 'ROLLING' } = deploymentConfiguration;
      const mustCheckBalancers =
        input.loadBalancers || input.taskDefinition || strategy !== service.deploymentConfiguration.strategy;
      const balancers = mustCheckBalancers
        ? checkLoadBalancers(region, input.loadBalancers ?? service.loadBalancers, definition, strategy)
        : service.loadBalancers;
      checkGracePeriod(input.healthCheckGracePeriodSeconds, balancers);
      checkPlacement(input);
      checkExecuteCommand(input.enableExecuteCommand, definition);
      const update: Partial<ServiceRow> = {
        taskDefinition: definition.taskDefinitionArn,
        loadBalancers: balancers,
        deploymentConfiguration,
        hasBakeTime:
          input.deploymentConfiguration?.bakeTimeInMinutes !== undefined || service.hasBakeTime === true,
        desiredCount: checkDesiredCount(input.desiredCount ?? service.desiredCount),
        networkConfiguration: input.networkConfiguration
          ? checkNetwork(region, input.networkConfiguration)
          : service.networkConfiguration,
        availabilityZoneRebalancing: zoneRebalancing(
          input.availabilityZoneRebalancing ?? service.availabilityZoneRebalancing,
          deploymentConfiguration,
        ),
        platformVersion: checkPlatformVersion(input.platformVersion ?? service.platformVersion),
        healthCheckGracePeriodSeconds:
          input.healthCheckGracePeriodSeconds ?? service.healthCheckGracePeriodSeconds,
        enableExecuteCommand: input.enableExecuteCommand ?? service.enableExecuteCommand,
        enableECSManagedTags: input.enableECSManagedTags ?? service.enableECSManagedTags,
        propagateTags: input.propagateTags ?? service.propagateTags,
      };
      if (input.capacityProviderStrategy) {
        update.capacityProviderStrategy = checkStrategy(
          input.capacityProviderStrategy,
          cluster.capacityProviders ?? [],
        );
        update.launchType = undefined;
      }
      const previousSettings = taskSettings(service);
      Object.assign(service, update);
      service.launchCount = 0;
      if (input.forceNewDeployment || !isDeepStrictEqual(taskSettings(service), previousSettings))
        deploy(region, service);
      else wake(region, service, 'taskCreate');
      return { service: serviceView(region, service, ['TAGS']) };
    },
  },
} satisfies Operations<typeof ECS>;
