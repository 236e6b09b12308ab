/** Every name that a stack gives in AWS, computed from its configuration alone: identity before effect. */
import { createHash } from 'node:crypto';
import { isRouted, type Config, type RoutedContainer, type Service } from '../config/config.ts';

/** Some hexadecimal digits that stand for values: the same for the same values, on every machine. */
export const shortHash = (length: number, ...values: readonly (string | number)[]): string =>
  createHash('sha256').update(JSON.stringify(values)).digest('hex').slice(0, length);

/** The names of one stack. */
export interface Names {
  /**
   * `<name>-<stage>`: the value of the tag `slipway:stack`, and the start of every other name. A stage has no hyphens,
   * so that no two stacks have the same.
   */
  readonly stack: string;
  readonly cluster: string;
  readonly loadBalancer: string;
  readonly logGroup: string;
  /** The path of the stack's roles: it sets them apart from all others. */
  readonly rolePath: string;
  role(key: 'execution' | 'task'): string;
  /** @param key `balancer`, or the name of a service */
  securityGroup(key: string): string;
  /**
   * A target group's name carries what can never change about it, so that its replacement has another name.
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/create-target-group.html
   */
  targetGroup(container: RoutedContainer): string;
  /**
   * An ECS service is called as in the configuration, and after the paths that it answers over HTTPS: when a path goes over
   * to another protocol, another service stands beside the one before. The tasks of one service are all in the same target
   * groups, and no task is healthy in two that speak differently.
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/register-multiple-targetgroups.html
   */
  service(service: Pick<Service, 'name' | 'containers'>): string;
  /** @param key the key of a container */
  repository(key: string): string;
  /** @param service the name of a service */
  family(service: string): string;
}

/** The service of the configuration that an ECS service is, or was, by its name: there are no underscores in ours. */
export const configuredServiceName = (name: string): string => name.replace(/_.*/, '');

/** The names of a stack. */
export function namesOf({ name, stage }: Pick<Config, 'name' | 'stage'>): Names {
  const stack = `${name}-${stage}`;
  return {
    stack,
    cluster: stack,
    loadBalancer: stack,
    logGroup: `/slipway/${stack}`,
    rolePath: `/slipway/${stack}/`,
    role: (key) => `${stack}-${key}`,
    securityGroup: (key) => `${stack}-${key}`,
    targetGroup: ({ key, port, protocol }) => `${stack}-${key}-${shortHash(4, port, protocol, 'ip')}`,
    service: ({ name, containers }) => {
      const secure = containers.filter(isRouted).filter(({ protocol }) => protocol === 'HTTPS');
      const paths = secure.map(({ path }) => path).sort();
      return paths.length === 0 ? name : `${name}_${shortHash(4, ...paths)}`;
    },
    repository: (key) => `${stack}/${key}`,
    family: (service) => `${stack}-${service}`,
  };
}
