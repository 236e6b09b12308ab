/** What the schema of single fields cannot say: everything that ties fields together, as one list of checks. */
import {
  pathsDiffer,
  pathsHavePorts,
  portsDiffer,
  protocolsHavePaths,
  sourcesAreThere,
  timeoutsAreShort,
} from './checks/containers.ts';
import { balancerIsTaken, keysDiffer, namesAreWritten, namesFit } from './checks/names.ts';
import { containersAreFew, memoryGoesWithCpu, oneIsEssential, servicesExist } from './checks/services.ts';
import { domainIsInZone, tagKeysAreWritten, tagsAreFew, variablesAreNamed } from './checks/stack.ts';
import type { Config } from './config.ts';
import type { Check, Finding } from './finding.ts';

const CHECKS: readonly Check[] = [
  namesAreWritten,
  balancerIsTaken,
  keysDiffer,
  namesFit,
  domainIsInZone,
  tagsAreFew,
  tagKeysAreWritten,
  servicesExist,
  memoryGoesWithCpu,
  containersAreFew,
  oneIsEssential,
  portsDiffer,
  pathsDiffer,
  pathsHavePorts,
  protocolsHavePaths,
  timeoutsAreShort,
  variablesAreNamed,
  sourcesAreThere,
];

/** All that is wrong with a configuration whose fields are right by themselves. Looks at source folders, else pure. */
export const check = (config: Config): Finding[] => CHECKS.flatMap((look) => [...look(config)]);
