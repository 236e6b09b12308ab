/** Checks the sizes of task definitions: ECS would refuse a large one only at the end of a provision, when most of the stack exists. */
import { definitionBytes, taskDefinitionFor, taskDefinitionParts } from '../../derive/task-definition.ts';
import { namesOf } from '../../derive/names.ts';
import type { Config, Container, Service } from '../config.ts';
import { pathText } from '../display.ts';
import { pathOfContainer, pathOfService, type Finding, type Path } from '../finding.ts';

/** In bytes. @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html */
const MAX_BYTES = 65_536;
/** The maximum number of large values that the message names. */
const MAX_NAMED_VALUES = 3;
/** Placeholders for the account and the digest, which are not known yet. The real ones have the same lengths. */
const ACCOUNT = '0'.repeat(12);
const DIGEST = `sha256:${'0'.repeat(64)}`;

export function* taskDefinitionsAreSmallEnough(config: Config): Iterable<Finding> {
  for (const service of config.services) {
    const excess = sizeOf(config, service) - MAX_BYTES;
    if (excess > 0)
      yield {
        path: pathOfService(service),
        value: `a task definition of ${MAX_BYTES + excess} bytes`,
        fix:
          `Remove ${excess === 1 ? '1 byte' : `${excess} bytes`}: ECS accepts at most ${MAX_BYTES} for all containers of a service. ` +
          `The largest values are ${largestValues(service)}. Put large values into the image, or let the program load them.`,
      };
  }
}

function sizeOf(config: Config, service: Service): number {
  const names = namesOf(config);
  const imageOf = ({ image, key }: Container): string =>
    'reference' in image
      ? image.reference
      : `${ACCOUNT}.dkr.ecr.${config.region}.amazonaws.com/${names.repository(key)}@${DIGEST}`;
  const parts = taskDefinitionParts({ config, names, account: ACCOUNT }, service, new Map(), imageOf);
  return definitionBytes(taskDefinitionFor(service, parts));
}

/** Lists the largest variables and commands by their paths, with their sizes. The values may be secrets, so they are not shown. */
function largestValues(service: Service): string {
  const values = service.containers.flatMap((container): { path: Path; bytes: number }[] => [
    ...Object.entries(container.environment).map(([name, value]) => ({
      path: pathOfContainer(service, container, 'environment', name),
      bytes: Buffer.byteLength(value),
    })),
    {
      path: pathOfContainer(service, container, 'command'),
      bytes: Buffer.byteLength((container.command ?? []).join('')),
    },
    {
      path: pathOfContainer(service, container, 'entryPoint'),
      bytes: Buffer.byteLength((container.entryPoint ?? []).join('')),
    },
    {
      path: pathOfContainer(service, container, 'health', 'command'),
      bytes: Buffer.byteLength((container.health.command ?? []).join('')),
    },
  ]);
  return values
    .sort((one, other) => other.bytes - one.bytes)
    .slice(0, MAX_NAMED_VALUES)
    .filter(({ bytes }) => bytes > 0)
    .map(({ path, bytes }) => `${pathText(path)} (${bytes} bytes)`)
    .join(', ')
    .replace(/, (?=[^,]*$)/, ' and ');
}
