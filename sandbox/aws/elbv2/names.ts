/** The rules for the names of load balancers and target groups. */
import { validation } from './errors.ts';

const MAX_LENGTH = 32;

/**
 * @param subject the start of AWS's message: `The load balancer name` or `Target group name`
 * @throws ValidationError
 */
function checkName(subject: string, name = ''): string {
  if (name.length > MAX_LENGTH)
    throw validation(`${subject} '${name}' cannot be longer than '${MAX_LENGTH}' characters`);
  if (!/^[A-Za-z0-9-]+$/.test(name)) {
    throw validation(
      `${subject} '${name}' can only contain characters that are alphanumeric characters and hyphens(-)`,
    );
  }
  if (/^-|-$/.test(name)) throw validation(`${subject} '${name}' cannot begin or end with a hyphen(-)`);
  return name;
}

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html */
export const checkTargetGroupName = (name: string | undefined): string =>
  checkName('Target group name', name);

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html */
export function checkLoadBalancerName(name: string | undefined): string {
  const checked = checkName('The load balancer name', name);
  if (checked.startsWith('internal-')) {
    throw validation(`The load balancer name '${checked}' cannot begin with 'internal-'`);
  }
  return checked;
}
