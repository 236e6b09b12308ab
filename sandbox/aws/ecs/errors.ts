/** The refusals of ECS, in ECS's wording. The catalogue of AWS semantics (§4) lists their sources. */
import { isEmptyValue } from '../../protocol/empty-value.ts';
import { refusal, type Refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';

/** The refusal of an invalid request, mostly of a task definition. */
export const clientError = (message: string): Refusal => refusal('ClientException', message);

export const invalid = (message: string): Refusal => refusal('InvalidParameterException', message);

export const clusterNotFound = (): Refusal => refusal('ClusterNotFoundException', 'Cluster not found.');

export const clusterInactive = (): Refusal =>
  refusal('ClusterNotFoundException', 'The referenced cluster was inactive.');

export const serviceNotFound = (): Refusal => refusal('ServiceNotFoundException', 'Service not found.');

export const serviceNotActive = (): Refusal =>
  refusal('ServiceNotActiveException', 'Service was not ACTIVE.');

/** The message is not verified. */
export const serviceDeploymentNotFound = (): Refusal =>
  refusal('ServiceDeploymentNotFoundException', 'Service deployment not found.');

/** The refusal to stop a service deployment that has ended. The message is not verified. */
export const alreadyEnded = (arn: string, status: string): Refusal =>
  refusal(
    'ConflictException',
    `The service deployment ${arn} cannot be stopped because its status is ${status}.`,
    400,
    { resourceIds: [arn] },
  );

/** @param resourceIds the ARNs of the tasks that the first call with the token started */
export const tokenConflict = (resourceIds: readonly string[]): Refusal =>
  refusal(
    'ConflictException',
    'The clientToken is already in use by a RunTask call with other parameters.',
    400,
    { resourceIds },
  );

/** @param role the ARN of the role */
export const cannotPassRole = (region: Region, role: string): Refusal =>
  refusal(
    'AccessDeniedException',
    `User: ${region.iamArn('user/sandbox')} is not authorized to perform: iam:PassRole on resource: ${role} because no identity-based policy allows the iam:PassRole action`,
  );

/** @param role the ARN of the role */
export const assumeFailureText = (role: string): string =>
  `ECS was unable to assume the role '${role}' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.`;

/** The refusal of a member that the sandbox does not support. Ignoring the member would be misleading. */
export const notSupported = (member: string): Refusal =>
  refusal('NotImplemented', `The sandbox does not support ${member} in ecs yet`, 501);

/**
 * Refuses a structure with members that the sandbox does not support, unless these members are empty or false.
 * @param supported the supported members
 * @param path the path of the structure in the input, e.g. `containerDefinitions[0]`
 */
export function refuseUnsupported(value: object, supported: readonly string[], path: string): void {
  for (const [member, given] of Object.entries(value)) {
    if (!supported.includes(member) && !isEmptyValue(given)) throw notSupported(`${path}.${member}`);
  }
}
