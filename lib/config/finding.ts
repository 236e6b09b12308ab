/** What a check finds in a configuration. */
import type { Config, Container, Service } from './config.ts';

/** Where a value lies in what the user wrote, key by key. */
export type Path = readonly PropertyKey[];

/** A mistake before it is put into words. */
export interface Finding {
  readonly path: Path;
  /** What to write instead, as a sentence. */
  readonly fix: string;
  /** What is there, when that is not just the value at the path. */
  readonly value?: string;
  /** Where else the check looked: when one of those values is wrong itself, this finding says nothing. */
  readonly reads?: readonly Path[];
}

/** Looks for one kind of mistake. */
export type Check = (config: Config) => Iterable<Finding>;

/** The option that names the stage: not in the file, but checked with it. */
export const STAGE: Path = ['--stage'];

export const pathOfService = ({ name }: Service, ...rest: string[]): Path => ['services', name, ...rest];

export const pathOfContainer = (service: Service, { name }: Container, ...rest: string[]): Path =>
  pathOfService(service, 'containers', name, ...rest);

/** All containers with their services. */
export const containersWithServices = ({ services }: Config): { service: Service; container: Container }[] =>
  services.flatMap((service) => service.containers.map((container) => ({ service, container })));
