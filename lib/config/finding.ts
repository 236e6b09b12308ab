/** Findings: the mistakes that the checks of a configuration find, before they are formatted as messages. */
import type { Config, Container, Service } from './config.ts';

/** The path of a value in the user's configuration, key by key. */
export type Path = readonly PropertyKey[];

/** A mistake that a check found. */
export interface Finding {
  readonly path: Path;
  /** What to write instead, as a sentence. */
  readonly fix: string;
  /** The current value to show, if it is not the value at the path. */
  readonly value?: string;
  /** The paths of the other values that the finding is based on. If such a value is invalid, the finding is dropped. */
  readonly basedOn?: readonly Path[];
  /** Whether the finding counts only if the user wrote the value: a default that has no effect is no mistake. */
  readonly ifWritten?: true;
}

/** Looks for one kind of mistake. */
export type Check = (config: Config) => Iterable<Finding>;

/** The path of the option `--stage`, which is checked together with the configuration. */
export const STAGE_OPTION: Path = ['--stage'];
/** The path of the option `--name`, which replaces the name in the configuration. */
export const NAME_OPTION: Path = ['--name'];

export const pathOfService = ({ name }: Service, ...rest: string[]): Path => ['services', name, ...rest];

export const pathOfContainer = (service: Service, { name }: Container, ...rest: string[]): Path =>
  pathOfService(service, 'containers', name, ...rest);

/** Lists all containers with their services. */
export const containersWithServices = ({ services }: Config): { service: Service; container: Container }[] =>
  services.flatMap((service) => service.containers.map((container) => ({ service, container })));
