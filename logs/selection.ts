/** Selects the log streams of a container or a service by their names. Pure. */
import type { Config } from '../lib/config/config.ts';
import { unknownContainer } from '../lib/run/bad-arguments.ts';

/** The container and the task that a log stream belongs to. */
export interface Source {
  readonly service: string;
  readonly container: string;
  readonly taskId: string;
}

/** The streams that a user has asked for. */
export interface Selection {
  /** The beginning of the names of all selected streams; undefined if they have none in common. */
  readonly prefix: string | undefined;
  /** Whether the streams of a container are selected. */
  includes(source: Source): boolean;
  /** Names a container: by its name alone if no other selected container has that name. */
  label(source: Source): string;
  /** The length of the longest label of a configured container. */
  readonly width: number;
}

/**
 * Returns the source of a stream, whose name is `<service>/<container>/<task id>`; undefined for any other stream.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
 */
export function sourceOf(stream: string): Source | undefined {
  const [service, container, taskId, ...rest] = stream.split('/');
  return service && container && taskId && rest.length === 0 ? { service, container, taskId } : undefined;
}

/**
 * Selects streams.
 * @param name a service, a container, or `<service>/<container>`; undefined for all. A service takes precedence.
 * @throws ARGUMENTS if the configuration has neither
 */
export function selectionOf(config: Pick<Config, 'services'>, name: string | undefined): Selection {
  const all = config.services.flatMap(({ name: service, containers }) =>
    containers.map(({ name: container }) => ({ service, container })),
  );
  const full = ({ service, container }: Pick<Source, 'service' | 'container'>) => `${service}/${container}`;
  const isService = all.some(({ service }) => service === name);
  const isSelected = (one: Pick<Source, 'service' | 'container'>) =>
    name === undefined || (isService ? one.service === name : [one.container, full(one)].includes(name));
  const selected = all.filter(isSelected);
  if (name !== undefined && selected.length === 0)
    throw unknownContainer(name, [
      ...new Set([
        ...all.map(({ service }) => service),
        ...all.map(({ container }) => container),
        ...all.map(full),
      ]),
    ]);
  const [only] = selected;
  const isAmbiguous = ({ service, container }: Pick<Source, 'service' | 'container'>) =>
    selected.some((one) => one.container === container && one.service !== service);
  const label = (source: Pick<Source, 'service' | 'container'>) =>
    isAmbiguous(source) ? full(source) : source.container;
  return {
    prefix:
      name === undefined || only === undefined
        ? undefined
        : isService
          ? `${name}/`
          : selected.length === 1
            ? `${full(only)}/`
            : undefined,
    includes: isSelected,
    label,
    width: Math.max(0, ...selected.map((one) => label(one).length)),
  };
}
