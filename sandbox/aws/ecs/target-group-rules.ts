/** ECS's check of a target group that the tasks of a service will join. */
import type { Region } from '../../world/region.ts';
import { invalid } from './errors.ts';

/** @throws InvalidParameterException if the group does not exist, or takes targets other than addresses */
export function checkTargetGroup(region: Region, arn: string | undefined): void {
  const group = region.elbv2.targetGroups.get(arn);
  if (!group) {
    throw invalid(
      'Unable to assume role and validate the specified targetGroupArn. Please verify that the ECS service role being passed has the proper permissions.',
    );
  }
  if (group.TargetType !== 'ip') {
    throw invalid(
      `The provided target group ${arn} has target type ${group.TargetType}, which is incompatible with the awsvpc network mode specified in the task definition.`,
    );
  }
}
