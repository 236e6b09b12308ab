/** Checks of the variables that come from secrets and from files. */
import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { findPartition } from '../../derive/partitions.ts';
import type { Config, Container, Service } from '../config.ts';
import { display } from '../display.ts';
import { variableName } from '../field-rules.ts';
import { containersWithServices, pathOfContainer, type Finding } from '../finding.ts';
import { kindOf } from '../path-kind.ts';
import { parseSecretReference } from '../secret-reference.ts';

export function* secretNamesAreWellFormed(config: Config): Iterable<Finding> {
  for (const { service, container, name } of secretsIn(config)) {
    const fix = variableName(name);
    if (fix !== undefined)
      yield { path: pathOfContainer(service, container, 'secrets', name), value: display(name), fix };
  }
}

/** ECS refuses a variable that has both a value and a secret. Variables of a file are left out in favour of secrets. */
export function* secretsAreNotVariables(config: Config): Iterable<Finding> {
  for (const { service, container, name } of secretsIn(config))
    if (Object.hasOwn(container.environment, name))
      yield {
        path: pathOfContainer(service, container, 'secrets', name),
        fix: `Remove ${display(name)} from environment or from secrets: a variable has only one value.`,
        basedOn: [pathOfContainer(service, container, 'environment', name)],
      };
}

/** No partition of AWS can read the secrets of another. */
export function* secretsAreInPartition(config: Config): Iterable<Finding> {
  const partition = findPartition(config.region)?.id;
  for (const { service, container, name, reference } of secretsIn(config)) {
    const [, other] = /^arn:([\w-]+):/.exec(parseSecretReference(reference)?.id ?? '') ?? [];
    if (other !== undefined && partition !== undefined && other !== partition)
      yield {
        path: pathOfContainer(service, container, 'secrets', name),
        fix: `Use a secret in the partition ${partition}, which contains ${config.region}: this one is in ${other}.`,
        basedOn: [['region']],
      };
  }
}

export function* registryCredentialsHaveImages(config: Config): Iterable<Finding> {
  for (const { service, container } of containersWithServices(config))
    if (container.registryCredentials !== undefined && 'source' in container.image)
      yield {
        path: pathOfContainer(service, container, 'registryCredentials'),
        fix: "Remove registryCredentials: the image of a source is in the stack's own registry.",
        basedOn: ['source', 'image'].map((field) => pathOfContainer(service, container, field)),
      };
}

/** The files of variables must exist where the sources must. */
export function* environmentFilesExist(config: Config): Iterable<Finding> {
  for (const { service, container } of containersWithServices(config)) {
    const { environmentFile: path } = container;
    const fix = path === undefined ? undefined : environmentFileFix(path);
    if (fix !== undefined) yield { path: pathOfContainer(service, container, 'environmentFile'), fix };
  }
}

function environmentFileFix(path: string): string | undefined {
  const kind = kindOf(path);
  if (kind === 'folder') return `Name a file: ${path} is a folder.`;
  if (kind !== 'file') return `Name a file that exists: ${path} does not exist.`;
  const bytes = readFileSync(path);
  // In UTF-16, as some editors save files, there seem to be no variables.
  return isUtf8(bytes) && !bytes.includes(0) ? undefined : `Save the file as UTF-8: ${path} has other bytes.`;
}

/** Lists the secrets of all containers. */
const secretsIn = (
  config: Config,
): { service: Service; container: Container; name: string; reference: string }[] =>
  containersWithServices(config).flatMap(({ service, container }) =>
    Object.entries(container.secrets).map(([name, reference]) => ({ service, container, name, reference })),
  );
