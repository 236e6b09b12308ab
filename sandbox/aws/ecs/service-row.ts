/** New services: the checks of a create call, and the resulting row. */
import type { CreateServiceRequest } from '@aws-sdk/client-ecs';
import type { Region } from '../../world/region.ts';
import { capacityFor } from './capacity.ts';
import { invalid, notSupported } from './errors.ts';
import { serviceArnOf } from './identifiers.ts';
import { checkNetwork } from './network-rules.ts';
import { linkedRoleArn } from './service-linked-role.ts';
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
import type { ClusterRow, ServiceRow } from './store.ts';
import { mergeTags } from './tags.ts';

/**
 * Checks a create call, and returns the row of the new service. Does not store the row.
 * @throws InvalidParameterException, ClientException; NotImplemented for anything but Fargate
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Service.html
 */
export function newService(region: Region, cluster: ClusterRow, input: CreateServiceRequest): ServiceRow {
  const definition = runnableDefinition(region, input.taskDefinition, 'CreateService');
  const capacity = capacityFor(cluster, input);
  const deploymentConfiguration = mergeDeploymentConfiguration(input.deploymentConfiguration);
  const { strategy = 'ROLLING' } = deploymentConfiguration;
  const loadBalancers = checkLoadBalancers(region, input.loadBalancers ?? [], definition, strategy);
  checkGracePeriod(input.healthCheckGracePeriodSeconds, loadBalancers);
  checkPlacement(input);
  checkExecuteCommand(input.enableExecuteCommand, definition);
  if ((input.schedulingStrategy ?? 'REPLICA') !== 'REPLICA') {
    throw invalid('The daemon scheduling strategy is not supported for FARGATE launch type.');
  }
  const { type = 'ECS' } = input.deploymentController ?? {};
  if (type !== 'ECS') throw notSupported(`the deployment controller ${type}`);
  return {
    ...capacity,
    serviceArn: serviceArnOf(region, cluster, input.serviceName ?? ''),
    serviceName: input.serviceName ?? '',
    clusterArn: cluster.clusterArn,
    status: 'ACTIVE',
    taskDefinition: definition.taskDefinitionArn,
    desiredCount: checkDesiredCount(input.desiredCount),
    networkConfiguration: checkNetwork(region, input.networkConfiguration),
    loadBalancers,
    serviceRegistries: [],
    placementConstraints: [],
    placementStrategy: [],
    platformVersion: checkPlatformVersion(input.platformVersion),
    platformFamily: 'Linux',
    schedulingStrategy: 'REPLICA',
    deploymentController: { type },
    deploymentConfiguration,
    hasBakeTime: input.deploymentConfiguration?.bakeTimeInMinutes !== undefined,
    availabilityZoneRebalancing: zoneRebalancing(input.availabilityZoneRebalancing, deploymentConfiguration),
    healthCheckGracePeriodSeconds:
      loadBalancers.length > 0 ? (input.healthCheckGracePeriodSeconds ?? 0) : undefined,
    enableECSManagedTags: input.enableECSManagedTags ?? false,
    propagateTags: input.propagateTags ?? 'NONE',
    enableExecuteCommand: input.enableExecuteCommand ?? false,
    roleArn: linkedRoleArn(region),
    createdAt: region.now(),
    createdBy: region.iamArn('root'),
    tags: mergeTags([], input.tags),
    clientToken: input.clientToken,
    createInput: input,
    deployments: [],
    rollouts: [],
    events: [],
    steady: false,
    launchCount: 0,
  };
}
