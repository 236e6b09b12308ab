/** Finds the one container that a command is about, by the name that the user has typed. Pure. */
import type { Config, Container, Service } from '../config/config.ts';
import { ambiguousContainer, unknownContainer } from './bad-arguments.ts';

/** A container with its service. */
export interface NamedContainer {
  readonly service: Service;
  readonly container: Container;
}

/**
 * Finds a container.
 * @param name a container, `<service>/<container>`, or a service with only one container
 * @throws ARGUMENTS if there is no such container, or if there are several
 */
export function containerNamed({ services }: Pick<Config, 'services'>, name: string): NamedContainer {
  const all = services.flatMap((service) => service.containers.map((container) => ({ service, container })));
  const full = ({ service, container }: NamedContainer) => `${service.name}/${container.name}`;
  const named = all.filter((one) => [one.container.name, full(one)].includes(name));
  const found = named.length > 0 ? named : all.filter(({ service }) => service.name === name);
  const [only, ...others] = found;
  if (!only)
    throw unknownContainer(name, [
      ...new Set([...all.map(({ container }) => container.name), ...all.map(full)]),
    ]);
  if (others.length > 0) throw ambiguousContainer(name, found.map(full));
  return only;
}
