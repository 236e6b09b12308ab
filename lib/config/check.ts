/** Runs the checks that involve several fields: the schema cannot express such checks. */
import {
  balancingHasRoutes,
  gracePeriodsHaveRoutes,
  shiftsAreNotSticky,
  slowStartsAreRoundRobin,
} from './checks/balancing.ts';
import {
  pathsAreUnique,
  pathsHavePorts,
  portsAreUnique,
  protocolsHavePaths,
  sourcesExist,
  timeoutsAreBelowIntervals,
  healthCommandsAreComplete,
  execHasContainers,
  writableFoldersAreSeparate,
} from './checks/containers.ts';
import {
  alarmsAreUnique,
  alternatesAreWithinQuota,
  canariesHaveTasks,
  shiftsHaveRoutes,
} from './checks/deploy.ts';
import {
  balancerIsReserved,
  keysAreUnique,
  namesAreWellFormed,
  awsNamesAreShortEnough,
} from './checks/names.ts';
import { containersFitTasks, openFilesAreInOrder } from './checks/resources.ts';
import {
  existingRolesHaveNoPermissions,
  managedPoliciesAreWithinQuota,
  permissionsAreInPartition,
  policiesAreSmallEnough,
} from './checks/permissions.ts';
import {
  environmentFilesExist,
  registryCredentialsHaveImages,
  secretNamesAreWellFormed,
  secretsAreInPartition,
  secretsAreNotVariables,
} from './checks/secrets.ts';
import {
  architecturesRunHere,
  containersAreWithinQuotas,
  memoryFitsCpu,
  oneContainerIsEssential,
  servicesExist,
} from './checks/services.ts';
import { conditionsCanBeMet, containersWaitForNoCycle } from './checks/start-order.ts';
import { answersAreUsable, transformsAreUsable } from './checks/route-actions.ts';
import { http2HasHttps, matchersFitProtocols } from './checks/protocols.ts';
import {
  prioritiesAreUnique,
  routeNamesAreWellFormed,
  routesAreReachable,
  routesAreUnique,
  routesHaveConditions,
  rulesAreWithinLimits,
  shiftsHaveOneRule,
} from './checks/routes.ts';
import {
  balancerFieldsHaveRoutes,
  bucketsKeepTheirLifecycle,
  clientsAreUnique,
  clientsAreWithinQuota,
  ipv6HasClients,
  webAclIsInRegion,
} from './checks/edge.ts';
import {
  balancerIsInRegion,
  oneBalancerIsNamed,
  ownerDecides,
  taskSubnetsAreUnique,
} from './checks/shared-balancer.ts';
import { certificatesAreUsable, certificateNamesAreWithinLimits, namesAreUnique } from './checks/domain.ts';
import {
  domainIsInZone,
  oneZoneIsNamed,
  tagKeysAreWellFormed,
  tagsAreWithinLimit,
  variableNamesAreWellFormed,
} from './checks/stack.ts';
import { taskDefinitionsAreSmallEnough } from './checks/task-definition-size.ts';
import { withOnlyService, type Config } from './config.ts';
import type { Check, Finding } from './finding.ts';

/** Each check is named after the rule that it enforces, and yields the violations of that rule. */
const CHECKS: readonly Check[] = [
  namesAreWellFormed,
  balancerIsReserved,
  keysAreUnique,
  awsNamesAreShortEnough,
  oneZoneIsNamed,
  domainIsInZone,
  namesAreUnique,
  certificatesAreUsable,
  certificateNamesAreWithinLimits,
  bucketsKeepTheirLifecycle,
  balancerFieldsHaveRoutes,
  oneBalancerIsNamed,
  balancerIsInRegion,
  taskSubnetsAreUnique,
  ownerDecides,
  clientsAreUnique,
  clientsAreWithinQuota,
  ipv6HasClients,
  webAclIsInRegion,
  tagsAreWithinLimit,
  tagKeysAreWellFormed,
  servicesExist,
  memoryFitsCpu,
  architecturesRunHere,
  containersAreWithinQuotas,
  oneContainerIsEssential,
  containersFitTasks,
  openFilesAreInOrder,
  conditionsCanBeMet,
  containersWaitForNoCycle,
  shiftsHaveRoutes,
  canariesHaveTasks,
  alternatesAreWithinQuota,
  alarmsAreUnique,
  portsAreUnique,
  pathsAreUnique,
  pathsHavePorts,
  protocolsHavePaths,
  http2HasHttps,
  matchersFitProtocols,
  balancingHasRoutes,
  gracePeriodsHaveRoutes,
  slowStartsAreRoundRobin,
  shiftsAreNotSticky,
  routesHaveConditions,
  routeNamesAreWellFormed,
  rulesAreWithinLimits,
  routesAreUnique,
  prioritiesAreUnique,
  routesAreReachable,
  transformsAreUsable,
  answersAreUsable,
  shiftsHaveOneRule,
  timeoutsAreBelowIntervals,
  healthCommandsAreComplete,
  execHasContainers,
  writableFoldersAreSeparate,
  variableNamesAreWellFormed,
  secretNamesAreWellFormed,
  secretsAreNotVariables,
  secretsAreInPartition,
  registryCredentialsHaveImages,
  existingRolesHaveNoPermissions,
  managedPoliciesAreWithinQuota,
  policiesAreSmallEnough,
  permissionsAreInPartition,
  taskDefinitionsAreSmallEnough,
];

/** The checks of the sources and files on this machine. */
const SOURCE_CHECKS: readonly Check[] = [sourcesExist, environmentFilesExist];

/**
 * Lists the mistakes in a configuration whose fields are valid on their own. Reads source folders; otherwise pure.
 * @param needsSources whether the command builds the sources; if not, the folders may be missing
 * @param builtService the only service whose sources the command builds; by default, it builds those of all services
 */
export const check = (config: Config, needsSources = true, builtService?: string): Finding[] => {
  const builtConfig = builtService === undefined ? config : withOnlyService(config, builtService);
  return [
    ...CHECKS.flatMap((findingsOf) => [...findingsOf(config)]),
    ...(needsSources ? SOURCE_CHECKS : []).flatMap((findingsOf) => [...findingsOf(builtConfig)]),
  ];
};
