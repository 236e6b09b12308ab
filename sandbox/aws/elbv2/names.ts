/** The rules for the names of load balancers and target groups. */
import { validation } from './errors.ts';

const MAX_LENGTH = 32;

/**
 * @param noun the start of AWS's message: `The load balancer name` or `Target group name`
 * @throws ValidationError
 */
function checkName(noun: string, name = ''): string {
  if (name.length > MAX_LENGTH)
    throw validation(`${noun} '${name}' cannot be longer than '${MAX_LENGTH}' characters`);
  if (!/^[A-Za-z0-9-]+$/.test(name)) {
    throw validation(
      `${noun} '${name}' can only contain characters that are alphanumeric characters and hyphens(-)`,
    );
  }
  if (/^-|-$/.test(name)) throw validation(`${noun} '${name}' cannot begin or end with a hyphen(-)`);
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
