/** A sandbox with a service behind a load balancer, whose tasks are real programs. */
import { AuthorizeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2';
import {
  CreateServiceCommand,
  DescribeServicesCommand,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
  type ContainerDefinition,
  type CreateServiceCommandInput,
  type Service,
  type UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs';
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  ModifyTargetGroupAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { setTimeout as delay } from 'node:timers/promises';
import type { SandboxOptions } from '../../../sandbox/sandbox.ts';
import { required } from '../aws/ec2/scene.ts';
import { taskScene } from './task-scene.ts';

const PORT = 5000;

/**
 * Starts a sandbox whose load balancer forwards every request to a target group.
 * @param drainSeconds the deregistration delay of the target group, in seconds of AWS time
 */
export async function serviceScene({
  drainSeconds = 30,
  ...options
}: SandboxOptions & { drainSeconds?: number } = {}) {
  const scene = await taskScene({ pace: 60, ...options });
  const { ec2, ecs, elbv2, make, vpc, subnet, group, role, repositoryUri } = scene;
  const anywhere = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: group, IpPermissions: [anywhere] }));
  const otherSubnet = await make.subnet(vpc, '10.0.2.0/24', 'eu-west-1b');
  const { LoadBalancers } = await elbv2.send(
    new CreateLoadBalancerCommand({ Name: 'web', Subnets: [subnet, otherSubnet], SecurityGroups: [group] }),
  );
  const balancer = required(LoadBalancers?.[0]);
  const { TargetGroups } = await elbv2.send(
    new CreateTargetGroupCommand({
      Name: 'web',
      Port: PORT,
      VpcId: vpc,
      Protocol: 'HTTP',
      TargetType: 'ip',
      HealthCheckIntervalSeconds: 5,
      HealthCheckTimeoutSeconds: 2,
      UnhealthyThresholdCount: 2,
      HealthCheckPath: '/',
    }),
  );
  const targetGroupArn = required(TargetGroups?.[0]?.TargetGroupArn);
  const Attributes = [{ Key: 'deregistration_delay.timeout_seconds', Value: String(drainSeconds) }];
  await elbv2.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn: targetGroupArn, Attributes }));
  await elbv2.send(
    new CreateListenerCommand({
      LoadBalancerArn: balancer.LoadBalancerArn,
      Protocol: 'HTTP',
      Port: 80,
      DefaultActions: [{ Type: 'forward', TargetGroupArn: targetGroupArn }],
    }),
  );

  /** Registers a task definition that runs the image with a tag. */
  const define = async (tag: string, container: Partial<ContainerDefinition> = {}) => {
    const { taskDefinition } = await ecs.send(
      new RegisterTaskDefinitionCommand({
        family: 'web',
        requiresCompatibilities: ['FARGATE'],
        networkMode: 'awsvpc',
        cpu: '256',
        memory: '512',
        executionRoleArn: role,
        containerDefinitions: [
          {
            name: 'web',
            image: `${repositoryUri}:${tag}`,
            portMappings: [{ containerPort: PORT }],
            linuxParameters: { initProcessEnabled: true },
            ...container,
          },
        ],
      }),
    );
    return required(taskDefinition?.taskDefinitionArn);
  };

  const create = (input: Partial<CreateServiceCommandInput> = {}) =>
    ecs.send(
      new CreateServiceCommand({
        cluster: 'main',
        serviceName: 'web',
        taskDefinition: 'web',
        desiredCount: 1,
        healthCheckGracePeriodSeconds: 60,
        launchType: 'FARGATE',
        networkConfiguration: {
          awsvpcConfiguration: { subnets: [subnet], securityGroups: [group], assignPublicIp: 'ENABLED' },
        },
        loadBalancers: [{ targetGroupArn, containerName: 'web', containerPort: PORT }],
        ...input,
      }),
    );
  const update = (input: Omit<UpdateServiceCommandInput, 'service'>) =>
    ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', ...input }));
  const service = async (): Promise<Service> => {
    const { services } = await ecs.send(new DescribeServicesCommand({ cluster: 'main', services: ['web'] }));
    return required(services?.[0]);
  };
  /** Polls the service until `isReached` is true for it. */
  const waitForService = async (isReached: (service: Service) => boolean): Promise<Service> => {
    for (;;) {
      const found = await service();
      if (isReached(found)) return found;
      await delay(20);
    }
  };
  /** Returns the URL on this machine that the load balancer serves. */
  const url = async (): Promise<string> => {
    for (;;) {
      const response = await fetch(`${scene.url}/_sandbox/resolve?name=${balancer.DNSName}&port=80`);
      const local = (await response.json()) as { host: string; port: number } | null;
      if (local) return `http://${local.host}:${local.port}`;
      await delay(20);
    }
  };
  return {
    ...scene,
    balancer,
    targetGroupArn,
    define,
    create,
    update,
    service,
    waitForService,
    waitUntilDeployed: () =>
      waitForService(
        ({ deployments = [] }) => deployments.length === 1 && deployments[0]?.rolloutState === 'COMPLETED',
      ),
    url,
  };
}
