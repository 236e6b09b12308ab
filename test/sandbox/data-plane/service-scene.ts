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
  type CreateTargetGroupCommandInput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { setTimeout as delay } from 'node:timers/promises';
import type { SandboxOptions } from '../../../sandbox/sandbox.ts';
import { required } from '../aws/ec2/scene.ts';
import { taskScene } from './task-scene.ts';

export const PORT = 5000;

/** Starts a sandbox with a load balancer in front of its tasks. */
export async function balancerScene(options: SandboxOptions = {}) {
  const scene = await taskScene({ pace: 60, ...options });
  const { ec2, ecs, elbv2, make, vpc, subnet, group, role, repositoryUri } = scene;
  const anywhere = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: group, IpPermissions: [anywhere] }));
  const otherSubnet = await make.subnet(vpc, '10.0.2.0/24', 'eu-west-1b');
  const { LoadBalancers } = await elbv2.send(
    new CreateLoadBalancerCommand({ Name: 'web', Subnets: [subnet, otherSubnet], SecurityGroups: [group] }),
  );
  const balancer = required(LoadBalancers?.[0]);

  /**
   * Creates a target group.
   * @param drainSeconds its deregistration delay, in seconds of AWS time
   */
  const createGroup = async (
    Name: string,
    drainSeconds: number,
    input: Partial<CreateTargetGroupCommandInput> = {},
  ): Promise<string> => {
    const { TargetGroups } = await elbv2.send(
      new CreateTargetGroupCommand({
        Name,
        Port: PORT,
        VpcId: vpc,
        Protocol: 'HTTP',
        TargetType: 'ip',
        HealthCheckIntervalSeconds: 5,
        HealthCheckTimeoutSeconds: 2,
        ...input,
      }),
    );
    const TargetGroupArn = required(TargetGroups?.[0]?.TargetGroupArn);
    const Attributes = [{ Key: 'deregistration_delay.timeout_seconds', Value: String(drainSeconds) }];
    await elbv2.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn, Attributes }));
    return TargetGroupArn;
  };

  /** Creates a listener that forwards every request to a target group. Returns its ARN. */
  const listen = async (Port: number, TargetGroupArn: string): Promise<string> => {
    const { Listeners } = await elbv2.send(
      new CreateListenerCommand({
        LoadBalancerArn: balancer.LoadBalancerArn,
        Protocol: 'HTTP',
        Port,
        DefaultActions: [{ Type: 'forward', TargetGroupArn }],
      }),
    );
    return required(Listeners?.[0]?.ListenerArn);
  };

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

  /** Creates the service `web`, whose tasks join no target group by default. */
  const create = (input: Partial<CreateServiceCommandInput> = {}) =>
    ecs.send(
      new CreateServiceCommand({
        cluster: 'main',
        serviceName: 'web',
        taskDefinition: 'web',
        desiredCount: 1,
        launchType: 'FARGATE',
        networkConfiguration: {
          awsvpcConfiguration: { subnets: [subnet], securityGroups: [group], assignPublicIp: 'ENABLED' },
        },
        ...input,
      }),
    );
  const update = (input: Omit<UpdateServiceCommandInput, 'service'>) =>
    ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', ...input }));
  return { ...scene, otherSubnet, balancer, createGroup, listen, define, create, update };
}

/**
 * Starts a sandbox whose load balancer forwards every request to a target group.
 * @param drainSeconds the deregistration delay of the target group, in seconds of AWS time
 */
export async function serviceScene({
  drainSeconds = 30,
  ...options
}: SandboxOptions & { drainSeconds?: number } = {}) {
  const scene = await balancerScene(options);
  const { ecs, balancer } = scene;
  const targetGroupArn = await scene.createGroup('web', drainSeconds, {
    UnhealthyThresholdCount: 2,
    HealthCheckPath: '/',
  });
  await scene.listen(80, targetGroupArn);
  const create = (input: Partial<CreateServiceCommandInput> = {}) =>
    scene.create({
      healthCheckGracePeriodSeconds: 60,
      loadBalancers: [{ targetGroupArn, containerName: 'web', containerPort: PORT }],
      ...input,
    });
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
    targetGroupArn,
    create,
    service,
    waitForService,
    waitUntilDeployed: () =>
      waitForService(
        ({ deployments = [] }) => deployments.length === 1 && deployments[0]?.rolloutState === 'COMPLETED',
      ),
    url,
  };
}
