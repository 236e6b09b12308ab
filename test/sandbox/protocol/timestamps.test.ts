// The precision of times in responses: whole seconds in IAM, milliseconds in the other services.
import { CreateLogGroupCommand, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateRepositoryCommand } from '@aws-sdk/client-ecr';
import { CreateRoleCommand, ListRolesCommand } from '@aws-sdk/client-iam';
import { CreateHostedZoneCommand } from '@aws-sdk/client-route-53';
import { expect, test } from '@jest/globals';
import { manualClock } from '../../../sandbox/world/clock.ts';
import { scene } from '../aws/elbv2/scene.ts';

const now = new Date('2026-01-01T00:00:00.789Z');

test('times have the precision of their service', async () => {
  const { describeBalancer, ecr, iam, logs, makeBalancer, route53 } = await scene({
    clock: manualClock(now.getTime()),
  });
  const trust = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' },
    ],
  };
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName: 'task', AssumeRolePolicyDocument: JSON.stringify(trust) }),
  );
  const wholeSeconds = new Date('2026-01-01T00:00:00Z');
  expect(Role?.CreateDate).toEqual(wholeSeconds);
  const { Roles: [listed] = [] } = await iam.send(new ListRolesCommand({ PathPrefix: '/' }));
  expect(listed?.CreateDate).toEqual(wholeSeconds);

  await makeBalancer();
  expect((await describeBalancer())?.CreatedTime).toEqual(now);
  const { repository } = await ecr.send(new CreateRepositoryCommand({ repositoryName: 'web' }));
  expect(repository?.createdAt).toEqual(now);
  const { ChangeInfo } = await route53.send(
    new CreateHostedZoneCommand({ Name: 'example.com', CallerReference: 'one' }),
  );
  expect(ChangeInfo?.SubmittedAt).toEqual(now);
  await logs.send(new CreateLogGroupCommand({ logGroupName: 'web' }));
  const { logGroups: [group] = [] } = await logs.send(new DescribeLogGroupsCommand({}));
  expect(group?.creationTime).toBe(now.getTime());
});
