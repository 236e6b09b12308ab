/** Computes the names that a stack uses in AWS. They depend only on the configuration, so they are known before the first call. */
import { createHash } from 'node:crypto';
import { isRouted, type Config, type RoutedContainer, type Service } from '../config/config.ts';

/**
 * Hashes values: the same values give the same digits on every machine.
 * @param length the number of hexadecimal digits
 */
export const shortHash = (length: number, ...values: readonly (string | number)[]): string =>
  createHash('sha256').update(JSON.stringify(values)).digest('hex').slice(0, length);

/** The names of a stack's resources. */
export interface Names {
  /**
   * `<name>-<stage>`: the value of the tag `slipway:stack`, and the prefix of most other names. A stage has no hyphens, so no
   * two stacks share a name.
   */
  readonly stack: string;
  readonly cluster: string;
  readonly loadBalancer: string;
  readonly logGroup: string;
  /** The IAM path of the stack's roles; no other role has this path. */
  readonly rolePath: string;
  role(key: 'execution' | 'task'): string;
  /** @param key `balancer`, or the name of a service */
  securityGroup(key: string): string;
  /**
   * The name of a target group contains a hash of its immutable settings, so that its replacement has a different name.
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/create-target-group.html
   */
  targetGroup(container: RoutedContainer): string;
  /**
   * The name of an ECS service is the name in the configuration, plus a hash of the paths that the service serves over HTTPS.
   * When the protocol of a path changes, the name changes, and a second service is created beside the first. One service cannot
   * have both protocols: its tasks are in all of its target groups, and no task can be healthy both in a group for HTTP and in a
   * group for HTTPS.
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/register-multiple-targetgroups.html
   */
  service(service: Pick<Service, 'name' | 'containers'>): string;
  /** @param key the key of a container */
  repository(key: string): string;
  /** @param service the name of a service */
  family(service: string): string;
}

/** Returns the name of the configured service that an ECS service belongs to: configured names have no underscores. */
export const configuredServiceName = (name: string): string => name.replace(/_.*/, '');

/** Computes the names of a stack. */
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
      const httpsContainers = containers.filter(isRouted).filter(({ protocol }) => protocol === 'HTTPS');
      const paths = httpsContainers.map(({ path }) => path).sort();
      return paths.length === 0 ? name : `${name}_${shortHash(4, ...paths)}`;
    },
    repository: (key) => `${stack}/${key}`,
    family: (service) => `${stack}-${service}`,
  };
}
