/** Computes the names that a stack uses in AWS. They depend only on the configuration and are known before the first call. */
import { createHash } from 'node:crypto';
import { isRouted, type Config, type RoutedContainer, type Service } from '../config/config.ts';

/**
 * Hashes values: the same values give the same digits on every machine.
 * @param length the number of hexadecimal digits
 */
export const shortHash = (length: number, ...values: readonly (string | number)[]): string =>
  createHash('sha256').update(JSON.stringify(values)).digest('hex').slice(0, length);

/** The key of the role and of the log group of the flow log. */
export const FLOW_LOGS = 'flow-logs';

/** The key of a role of the stack; `task-` is followed by the name of a service. */
export type RoleKey = 'execution' | 'task' | 'infrastructure' | typeof FLOW_LOGS | `task-${string}`;

const MAX_BUCKET_NAME = 63;

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
  /** The log group of the flow log. */
  readonly flowLogGroup: string;
  /**
   * The bucket of the access logs. The names of all buckets in AWS are in one space, so it contains the account and the region. If
   * the name of the stack is too long, a hash replaces its end.
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
   */
  logBucket(location: { readonly region: string; readonly account: string }): string;
  /** The IAM path of the stack's roles; no other role has this path. */
  readonly rolePath: string;
  /** The path of the parameters that hold the stack's own secrets, with a slash at both ends. */
  readonly secretPath: string;
  role(key: RoleKey): string;
  /** @param key `balancer`, or the name of a service */
  securityGroup(key: string): string;
  /**
   * The name of a target group contains a hash of its immutable settings, so that its replacement has a different name. It also
   * depends on the health check's path and status codes: tasks that run while these change would fail the new check, and ECS
   * would stop them.
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/create-target-group.html
   */
  targetGroup(container: RoutedContainer): string;
  /**
   * The name of a container's second target group. It ends in a letter that no hash contains, so that it differs from all others.
   */
  alternateTargetGroup(container: RoutedContainer): string;
  /** The name of an ECS service is the name in the configuration, unless the service succeeds another one. */
  service(service: Pick<Service, 'name' | 'containers'>): string;
  /**
   * The name of an ECS service that is created beside the one that it replaces: the name in the configuration, plus a hash of its
   * target groups.
   * @param attempt counts the names that are in use
   */
  successor(service: Pick<Service, 'name' | 'containers'>, attempt: number): string;
  /** @param key the key of a container */
  repository(key: string): string;
  /** @param service the name of a service */
  family(service: string): string;
  /** The family of the task definitions of a service's one-off tasks. @param service the name of a service */
  oneOffFamily(service: string): string;
}

/** The end of the families of one-off tasks: no name of a service contains an underscore. */
const ONE_OFF = '_run';

/** Returns the family of the one-off tasks of a service. @param family the family of the service */
export const oneOffFamilyOf = (family: string): string => `${family}${ONE_OFF}`;

/** Returns the family of the service to which a family of one-off tasks belongs; undefined for any other family. */
export const serviceFamilyOf = (family: string): string | undefined =>
  family.endsWith(ONE_OFF) ? family.slice(0, -ONE_OFF.length) : undefined;

/** Returns the name of the configured service that an ECS service belongs to: configured names have no underscores. */
export const configuredServiceName = (name: string): string => name.replace(/_.*/, '');

/** Computes the names of a stack. */
export function namesOf({ name, stage }: Pick<Config, 'name' | 'stage'>): Names {
  const stack = `${name}-${stage}`;
  const targetGroup: Names['targetGroup'] = ({ key, port, protocol, health: { path, matcher } }) =>
    `${stack}-${key}-${shortHash(4, port, protocol, 'ip', path, matcher)}`;
  return {
    stack,
    cluster: stack,
    loadBalancer: stack,
    logGroup: `/slipway/${stack}`,
    flowLogGroup: `/slipway/${stack}/${FLOW_LOGS}`,
    logBucket: ({ region, account }) => {
      const end = `-logs-${account}-${region}`;
      const room = MAX_BUCKET_NAME - end.length;
      const start = stack.length <= room ? stack : `${stack.slice(0, room - 9)}-${shortHash(8, stack)}`;
      return `${start}${end}`;
    },
    rolePath: `/slipway/${stack}/`,
    secretPath: `/${name}/${stage}/`,
    role: (key) => `${stack}-${key}`,
    securityGroup: (key) => `${stack}-${key}`,
    targetGroup,
    alternateTargetGroup: ({ key, port, protocol }) =>
      `${stack}-${key}-${shortHash(3, port, protocol, 'ip')}x`,
    service: ({ name }) => name,
    successor: ({ name, containers }, attempt) => {
      const groupNames = containers.filter(isRouted).map(targetGroup).sort();
      return `${name}_${shortHash(4, ...groupNames, ...(attempt === 0 ? [] : [attempt]))}`;
    },
    repository: (key) => `${stack}/${key}`,
    family: (service) => `${stack}-${service}`,
    oneOffFamily: (service) => oneOffFamilyOf(`${stack}-${service}`),
  };
}
