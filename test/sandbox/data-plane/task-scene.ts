/** A sandbox in which a test can run ECS tasks from images and observe how the containers end. */
import { AssociateRouteTableCommand } from '@aws-sdk/client-ec2';
import {
  CreateClusterCommand,
  DescribeTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  type ContainerDefinition,
  type RegisterTaskDefinitionCommandInput,
  type RunTaskCommandInput,
  type Task,
} from '@aws-sdk/client-ecs';
import { PutImageCommand } from '@aws-sdk/client-ecr';
import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  CreateServiceLinkedRoleCommand,
} from '@aws-sdk/client-iam';
import { CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { setTimeout as delay } from 'node:timers/promises';
import type { SandboxOptions } from '../../../sandbox/sandbox.ts';
import { makerOf, required } from '../aws/ec2/scene.ts';
import { makeRepository, pushImage } from '../aws/ecr/pushing.ts';
import { sandboxWithDataPlane } from '../harness.ts';

export const EXECUTION_POLICY = 'arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy';
const LOG_GROUP = '/web';
const LOGS = {
  logDriver: 'awslogs' as const,
  options: { 'awslogs-group': LOG_GROUP, 'awslogs-region': 'eu-west-1', 'awslogs-stream-prefix': 'web' },
};

/** Starts a sandbox with a network, a cluster, a role and a repository, in which tasks can run. */
export async function taskScene(options: SandboxOptions = {}) {
  const started = await sandboxWithDataPlane(options);
  const { ec2, ecs, ecr, iam, logs, region } = started;
  await iam.send(new CreateServiceLinkedRoleCommand({ AWSServiceName: 'ecs.amazonaws.com' }));
  const make = makerOf(ec2);
  const vpc = await make.vpc();
  const subnet = await make.subnet(vpc);
  const table = await make.table(vpc);
  await make.route(table, { GatewayId: await make.gateway(vpc) });
  await ec2.send(new AssociateRouteTableCommand({ RouteTableId: table, SubnetId: subnet }));
  const group = await make.group(vpc);
  const { repository } = await makeRepository(ecr, 'web');
  const Statement = {
    Effect: 'Allow',
    Principal: { Service: 'ecs-tasks.amazonaws.com' },
    Action: 'sts:AssumeRole',
  };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: 'task', AssumeRolePolicyDocument }));
  await iam.send(new AttachRolePolicyCommand({ RoleName: 'task', PolicyArn: EXECUTION_POLICY }));
  await logs.send(new CreateLogGroupCommand({ logGroupName: LOG_GROUP }));
  await ecs.send(new CreateClusterCommand({ clusterName: 'main' }));

  /** Pushes an image whose command runs a program, and returns the digest of the image's manifest. */
  const push = (program: string, tag: string, more: object = {}, config: object = {}) =>
    pushImage(
      ecr,
      'web',
      JSON.stringify({ ...more, config: { Cmd: ['node', '-e', program], ...config } }),
      [],
      tag,
    );
  const tag = (manifest: string, imageTag: string, imageManifestMediaType: string) =>
    ecr.send(
      new PutImageCommand({
        repositoryName: 'web',
        imageManifest: manifest,
        imageTag,
        imageManifestMediaType,
      }),
    );

  /**
   * Runs a task and returns its ARN. Containers are given by name; each uses the image with the tag `v1` and an init process by
   * default.
   */
  async function run(
    containers: Readonly<Record<string, Partial<ContainerDefinition> & { readonly tag?: string }>>,
    definition: Partial<RegisterTaskDefinitionCommandInput> = {},
    more: Partial<RunTaskCommandInput> = {},
  ): Promise<string> {
    await ecs.send(
      new RegisterTaskDefinitionCommand({
        family: 'web',
        requiresCompatibilities: ['FARGATE'],
        networkMode: 'awsvpc',
        cpu: '256',
        memory: '512',
        executionRoleArn: Role?.Arn,
        containerDefinitions: Object.entries(containers).map(([name, { tag = 'v1', ...more }]) => ({
          name,
          image: `${repository?.repositoryUri}:${tag}`,
          logConfiguration: LOGS,
          linuxParameters: { initProcessEnabled: true },
          ...more,
        })),
        ...definition,
      }),
    );
    const network = { subnets: [subnet], securityGroups: [group], assignPublicIp: 'ENABLED' as const };
    const { tasks } = await ecs.send(
      new RunTaskCommand({
        cluster: 'main',
        taskDefinition: 'web',
        launchType: 'FARGATE',
        networkConfiguration: { awsvpcConfiguration: network },
        ...more,
      }),
    );
    return required(tasks?.[0]?.taskArn);
  }

  /** Polls a task until `isReached` is true for it. */
  async function waitForTask(taskArn: string, isReached: (task: Task) => boolean): Promise<Task> {
    for (;;) {
      const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster: 'main', tasks: [taskArn] }));
      const task = required(tasks?.[0]);
      if (isReached(task)) return task;
      await delay(20);
    }
  }

  return {
    ...started,
    make,
    vpc,
    subnet,
    group,
    role: required(Role?.Arn),
    repositoryUri: required(repository?.repositoryUri),
    push,
    tag,
    run,
    waitForTask,
    waitForStop: (taskArn: string) => waitForTask(taskArn, ({ lastStatus }) => lastStatus === 'STOPPED'),
    /** Returns all lines that containers have logged. */
    lines: () =>
      region.logs.streams.filter(() => true).flatMap(({ events }) => events.map(({ message }) => message)),
  };
}
