/** Checks of names: their characters, their uniqueness, and the length of the AWS names that contain them. */
import { countText } from '../../model/count-text.ts';
import { isRouted, type Config } from '../config.ts';
import {
  pathOfContainer,
  pathOfService,
  containersWithServices,
  STAGE_OPTION,
  type Finding,
  type Path,
} from '../finding.ts';
import { namesOf } from '../../derive/names.ts';
import { hasOwnTaskRole, taskRoleKey } from '../../derive/task-permissions.ts';
import { name as nameRule, stageName, type FieldRule } from '../field-rules.ts';
import { display } from '../display.ts';

export function* namesAreWellFormed(config: Config): Iterable<Finding> {
  const configuredNames: { name: string; path: Path; rule?: FieldRule }[] = [
    { name: config.stage, path: STAGE_OPTION, rule: stageName },
    ...config.services.map((service) => ({ name: service.name, path: pathOfService(service) })),
    ...containersWithServices(config).map(({ service, container }) => ({
      name: container.name,
      path: pathOfContainer(service, container),
    })),
  ];
  for (const { name, path, rule = nameRule } of configuredNames) {
    const fix = rule(name);
    if (fix !== undefined) yield { path, value: display(name), fix };
  }
}

/**
 * No service may be called `balancer`: the key of a service's security group is the name of the service, and `balancer` is the
 * key of the load balancer's security group.
 */
export function* balancerIsReserved(config: Config): Iterable<Finding> {
  for (const service of config.services.filter(({ name }) => name === 'balancer')) {
    const fix = "Use another name: the load balancer's security group is called balancer.";
    yield { path: pathOfService(service), value: display(service.name), fix };
  }
}

/** A container `c` of a service `a-b` has the same key as a container `b-c` of a service `a`. */
export function* keysAreUnique(config: Config): Iterable<Finding> {
  const seen = new Map<string, string>();
  for (const { service, container } of containersWithServices(config)) {
    const other = seen.get(container.key);
    if (other !== undefined)
      yield {
        path: pathOfContainer(service, container),
        value: display(container.key),
        fix: `Use another name: ${other} has the same key, which joins the names of service and container.`,
      };
    else seen.set(container.key, `${container.name} in ${service.name}`);
  }
}

interface ComposedName {
  readonly what: string;
  readonly text: string;
  readonly limit: number;
  /** The configured names that the AWS name contains, in words. */
  readonly parts: string;
  readonly path: Path;
}

/**
 * Lists the names in AWS that contain configured names, with their maximum lengths. There are three levels: names for the
 * stack, for its services and for its containers.
 */
function composedNames(config: Config): ComposedName[][] {
  const names = namesOf(config);
  const ofStack = { parts: 'the stack or the stage', path: ['name'] };
  return [
    [
      // https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
      { what: 'a load balancer', text: names.loadBalancer, limit: 32, ...ofStack },
      // https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
      { what: 'a role', text: names.role('execution'), limit: 64, ...ofStack },
      // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
      { what: 'a log group', text: names.logGroup, limit: 512, ...ofStack },
    ],
    config.services.flatMap((service) => {
      const ofService = { parts: 'the stack, the stage or the service', path: pathOfService(service) };
      return [
        // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
        { what: 'a security group', text: names.securityGroup(service.name), limit: 255, ...ofService },
        // https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
        ...(hasOwnTaskRole(service)
          ? [{ what: 'a role', text: names.role(taskRoleKey(service)), limit: 64, ...ofService }]
          : []),
        // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
        { what: 'a task definition', text: names.family(service.name), limit: 255, ...ofService },
      ];
    }),
    containersWithServices(config).flatMap(({ service, container }) => {
      const ofContainer = {
        parts: 'the stack, the stage, the service or the container',
        path: pathOfContainer(service, container),
      };
      return [
        // https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
        ...('source' in container.image
          ? [{ what: 'a repository', text: names.repository(container.key), limit: 256, ...ofContainer }]
          : []),
        // https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
        ...(isRouted(container)
          ? [{ what: 'a target group', text: names.targetGroup(container), limit: 32, ...ofContainer }]
          : []),
      ];
    }),
  ];
}

/**
 * Lists the names that are too long, on the first level that has such names. Names on later levels contain the same configured
 * names, so the fix for the first level also shortens the names on later levels.
 */
const namesTooLong = (config: Config): readonly ComposedName[] =>
  composedNames(config)
    .map((level) => level.filter(({ text, limit }) => text.length > limit))
    .find((level) => level.length > 0) ?? [];

/** If every name is short enough with the default stage, the mistake is the stage of this run, not a name in the configuration. */
const DEFAULT_STAGE = 'dev';

export function* awsNamesAreShortEnough(config: Config): Iterable<Finding> {
  const tooLong = namesTooLong(config);
  const namesFitDefaultStage = namesTooLong({ ...config, stage: DEFAULT_STAGE }).length === 0;
  if (namesFitDefaultStage) yield* stageFindings(config, tooLong);
  else yield* partFindings(tooLong);
}

function* stageFindings({ stage }: Config, tooLong: readonly ComposedName[]): Iterable<Finding> {
  const [longest] = tooLong.toSorted((one, other) => excessOf(other) - excessOf(one));
  if (!longest) return;
  const { what, text, limit } = longest;
  yield {
    path: STAGE_OPTION,
    value: display(stage),
    fix: `Use at most ${charactersText(stage.length - excessOf(longest))}: the stage is part of ${display(text)}, the name of ${what} in AWS, and such names have at most ${limit} characters.`,
    basedOn: [['name']],
  };
}

const excessOf = ({ text, limit }: ComposedName): number => text.length - limit;

function* partFindings(tooLong: readonly ComposedName[]): Iterable<Finding> {
  for (const { what, text, limit, parts, path } of tooLong)
    yield {
      path,
      value: display(text),
      fix: `Shorten the name of ${parts} by ${charactersText(text.length - limit)}: this value names ${what} in AWS, and such names have at most ${limit} characters.`,
      basedOn: [['name']],
    };
}

const charactersText = (count: number): string => countText(count, 'character');
