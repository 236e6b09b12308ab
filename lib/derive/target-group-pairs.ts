/** The target groups of a stack: one per routed container, and a second one if ECS shifts requests between the two. Pure. */
import {
  routesOf,
  shiftsTraffic,
  type Config,
  type RoutedContainer,
  type Service,
} from '../config/config.ts';
import type { Items } from '../model/resources.ts';
import type { Names } from './names.ts';

/** A target group that the configuration asks for. */
export interface DesiredTargetGroup {
  readonly key: string;
  readonly name: string;
  readonly service: Service;
  readonly container: RoutedContainer;
}

/**
 * Returns the key of a container's second target group. ECS calls it the alternate group, although after every second deployment
 * it is the one that gets the requests.
 * @param key the key of the container
 */
export const alternateKey = (key: string): string => `${key}.alternate`;

/** Lists the target groups of a stack. */
export const desiredTargetGroups = (config: Config, names: Names): DesiredTargetGroup[] =>
  routesOf(config).flatMap(({ service, container }) => [
    { key: container.key, name: names.targetGroup(container), service, container },
    ...(shiftsTraffic(service)
      ? [
          {
            key: alternateKey(container.key),
            name: names.alternateTargetGroup(container),
            service,
            container,
          },
        ]
      : []),
  ]);

/**
 * Returns the target groups of a container that exist: the group with the container's key first, then the alternate one.
 * @param groups the existing groups by key
 */
export const pairOf = <T>(groups: Items<T>, key: string): T[] =>
  [groups.get(key), groups.get(alternateKey(key))].filter((group) => group !== undefined);
