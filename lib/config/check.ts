/** Runs the checks that involve several fields: the schema cannot express such checks. */
import {
  pathsAreUnique,
  pathsHavePorts,
  portsAreUnique,
  protocolsHavePaths,
  sourcesExist,
  timeoutsAreBelowIntervals,
} from './checks/containers.ts';
import { balancerIsReserved, keysAreUnique, namesAreWellFormed, namesFit } from './checks/names.ts';
import {
  containersAreWithinQuotas,
  memoryFitsCpu,
  oneIsEssential,
  servicesExist,
} from './checks/services.ts';
import {
  domainIsInZone,
  tagKeysAreWellFormed,
  tagsAreWithinLimit,
  variableNamesAreWellFormed,
} from './checks/stack.ts';
import { definitionsFit } from './checks/task-definition-size.ts';
import type { Config } from './config.ts';
import type { Check, Finding } from './finding.ts';

const CHECKS: readonly Check[] = [
  namesAreWellFormed,
  balancerIsReserved,
  keysAreUnique,
  namesFit,
  domainIsInZone,
  tagsAreWithinLimit,
  tagKeysAreWellFormed,
  servicesExist,
  memoryFitsCpu,
  containersAreWithinQuotas,
  oneIsEssential,
  portsAreUnique,
  pathsAreUnique,
  pathsHavePorts,
  protocolsHavePaths,
  timeoutsAreBelowIntervals,
  variableNamesAreWellFormed,
  definitionsFit,
];

/** The checks of what the configuration refers to on this machine. */
const CHECKS_OF_SOURCES: readonly Check[] = [sourcesExist];

/**
 * Lists the mistakes in a configuration whose fields are valid on their own. Reads source folders; otherwise pure.
 * @param needsSources whether the command builds the sources; if not, the folders may be missing
 */
export const check = (config: Config, needsSources = true): Finding[] =>
  [...CHECKS, ...(needsSources ? CHECKS_OF_SOURCES : [])].flatMap((findingsOf) => [...findingsOf(config)]);
