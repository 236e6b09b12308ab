// The task definition that is registered for a service, and the comparison of two task definitions.
import { describe, expect, test } from '@jest/globals';
import type { ContainerDefinition, TaskDefinition } from '@aws-sdk/client-ecs';
import type { Container, Service } from '../../../../lib/config/config.ts';
import { definitionFields, taskDefinitionFor } from '../../../../lib/derive/task-definition.ts';
import { config } from '../../step-harness.ts';

const parts = {
  family: 'shop-dev-web',
  region: 'eu-west-1',
  logGroup: '/slipway/shop-dev',
  executionRoleArn: 'arn:execution',
  taskRoleArn: 'arn:task',
  imageOf: ({ key }: Container) => `registry/${key}`,
};
const [web] = config().services as [Service];
const [api1] = web.containers as [Container];
const definitionWith = (changes: Partial<Container>): ContainerDefinition => {
  const service = { ...web, containers: [{ ...api1, ...changes }] };
  return taskDefinitionFor(service, parts).containerDefinitions?.[0] ?? {};
};
const healthCheckScript = (changes: Partial<Container>) =>
  definitionWith(changes).healthCheck?.command?.at(-1);

describe('the registered task definition', () => {
  test('has the settings of the service', () => {
    expect(taskDefinitionFor(web, parts)).toEqual({
      family: 'shop-dev-web',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      runtimePlatform: { cpuArchitecture: 'X86_64', operatingSystemFamily: 'LINUX' },
      executionRoleArn: 'arn:execution',
      taskRoleArn: 'arn:task',
      containerDefinitions: [
        expect.objectContaining({ name: 'api1', image: 'registry/web-api1' }),
        expect.objectContaining({ name: 'api2', image: 'registry/web-api2' }),
      ],
      volumes: [{ name: 'api1-tmp' }, { name: 'api2-tmp' }],
    });
  });

  test('has the settings of each container', () => {
    expect(definitionWith({ environment: { B: '2', A: '1' }, command: ['node', 'main.js'] })).toEqual({
      name: 'api1',
      image: 'registry/web-api1',
      essential: true,
      command: ['node', 'main.js'],
      portMappings: [{ containerPort: 5000, protocol: 'tcp' }],
      environment: [
        { name: 'B', value: '2' },
        { name: 'A', value: '1' },
      ],
      readonlyRootFilesystem: true,
      mountPoints: [{ sourceVolume: 'api1-tmp', containerPath: '/tmp', readOnly: false }],
      user: '1000:1000',
      linuxParameters: { initProcessEnabled: true },
      stopTimeout: 30,
      healthCheck: {
        command: [
          'CMD',
          'node',
          '-e',
          `require('http').get("http://localhost:5000/health", ({ statusCode: s }) => process.exit(s === 200 ? 0 : 1)).on('error', () => process.exit(1))`,
        ],
        interval: 10,
        timeout: 5,
        retries: 2,
        startPeriod: 30,
      },
      logConfiguration: {
        logDriver: 'awslogs',
        options: {
          'awslogs-group': '/slipway/shop-dev',
          'awslogs-region': 'eu-west-1',
          'awslogs-stream-prefix': 'web',
        },
      },
    });
  });

  test('has no health check with Node in an image without Node, or with Node outside of its PATH', () => {
    expect(definitionWith({ lacksNode: true }).healthCheck).toBeUndefined();
    expect(definitionWith({ hidesNode: true }).healthCheck).toBeUndefined();
  });

  test('gives every container with a read-only root a separate volume for temporary files', () => {
    const writable = { ...api1, name: 'log', readOnlyRoot: false };
    const { containerDefinitions, volumes } = taskDefinitionFor(
      { ...web, containers: [api1, { ...api1, name: 'api2' }, writable] },
      parts,
    );
    expect(volumes).toEqual([{ name: 'api1-tmp' }, { name: 'api2-tmp' }]);
    expect(containerDefinitions?.map(({ mountPoints }) => mountPoints?.[0]?.sourceVolume)).toEqual([
      'api1-tmp',
      'api2-tmp',
      undefined,
    ]);
  });

  test('does not verify the certificate in the health check of a container that serves HTTPS', () => {
    expect(healthCheckScript({ protocol: 'HTTPS' })).toBe(
      `require('https').get("https://localhost:5000/health", { rejectUnauthorized: false }, ({ statusCode: s }) => process.exit(s === 200 ? 0 : 1)).on('error', () => process.exit(1))`,
    );
  });

  test('lets containers start in any order, so each container must wait for those that it needs', () => {
    for (const container of taskDefinitionFor(web, parts).containerDefinitions ?? []) {
      expect(container.dependsOn).toBeUndefined();
    }
  });

  test('has neither ports nor a health check for a container without a port', () => {
    expect(definitionWith({ port: undefined, path: undefined })).toMatchObject({
      portMappings: [],
      healthCheck: undefined,
    });
  });

  test('has no health check for an image by reference, since the image might not contain Node', () => {
    expect(definitionWith({ image: { reference: 'nginx' } }).healthCheck).toBeUndefined();
  });

  test.each([
    ['200', 's === 200'],
    ['200-299', 's >= 200 && s <= 299'],
    ['200,204,301-303', 's === 200 || s === 204 || s >= 301 && s <= 303'],
    ['404-404', 's === 404'],
  ])('accepts the status codes %s in the health check, as the load balancer does', (matcher, condition) => {
    expect(healthCheckScript({ health: { ...api1.health, matcher } })).toContain(
      `process.exit(${condition} ? 0 : 1)`,
    );
  });

  test('keeps the health check within the limits of ECS', () => {
    const health = { ...api1.health, timeoutSeconds: 120, intervalSeconds: 300 };
    expect(definitionWith({ health }).healthCheck).toMatchObject({ timeout: 60, interval: 300 });
  });
});

describe('two task definitions', () => {
  const fields = (changes: Partial<Container> = {}) =>
    definitionFields(taskDefinitionFor({ ...web, containers: [{ ...api1, ...changes }] }, parts));

  test('are equivalent if they differ only in defaults that AWS fills in', () => {
    const registered = taskDefinitionFor(web, parts);
    const described = {
      ...registered,
      taskDefinitionArn: 'arn:td:7',
      revision: 7,
      status: 'ACTIVE',
      volumes: registered.volumes?.map((volume) => ({ ...volume, host: {} })),
      placementConstraints: [],
      compatibilities: ['EC2', 'FARGATE'],
      containerDefinitions: registered.containerDefinitions?.map((container) => ({
        ...container,
        cpu: 0,
        volumesFrom: [],
        systemControls: [],
        command: container.command ?? [],
        environment: [...(container.environment ?? [])].reverse(),
        portMappings: container.portMappings?.map((port) => ({ ...port, hostPort: port.containerPort })),
      })),
    } as TaskDefinition;
    expect(definitionFields(described)).toEqual(definitionFields(registered));
  });

  test.each<[string, Partial<Container>]>([
    ['image', { key: 'web-other' }],
    ['essential', { essential: false }],
    ['command', { command: ['a', 'b'] }],
    ['port', { port: 5001 }],
    ['read-only root', { readOnlyRoot: false }],
    ['user', { user: undefined }],
    ['stop timeout', { stopSeconds: 60 }],
    ['health check', { protocol: 'HTTPS' }],
    ['health check', { health: { ...api1.health, intervalSeconds: 20 } }],
    ['environment', { environment: { A: '1' } }],
  ])('differ in their %s', (field, changes) => {
    const [one, other] = [fields(), fields(changes)];
    expect(other[`api1.${field}`]).not.toBe(one[`api1.${field}`]);
  });

  test('differ if only one of them has an init process', () => {
    const registered = taskDefinitionFor(web, parts);
    const [container] = registered.containerDefinitions ?? [];
    const described = {
      ...registered,
      containerDefinitions: [{ ...container, linuxParameters: undefined }],
    } as TaskDefinition;
    expect(definitionFields(described)['api1.init process']).toBe(false);
    expect(definitionFields(registered)['api1.init process']).toBe(true);
  });

  test('differ if only one of them can write to /tmp, as those that were registered before it was a volume', () => {
    const registered = taskDefinitionFor(web, parts);
    const [container] = registered.containerDefinitions ?? [];
    const described = {
      ...registered,
      volumes: [],
      containerDefinitions: [{ ...container, mountPoints: [] }],
    } as TaskDefinition;
    expect(definitionFields(described)['api1.writable folders']).toBe('');
    expect(definitionFields(registered as TaskDefinition)['api1.writable folders']).toBe('/tmp');
  });

  test('differ in the value of a single variable', () => {
    const one = fields({ environment: { A: '1' } });
    const other = fields({ environment: { A: '2' } });
    expect(Object.keys(other).filter((field) => other[field] !== one[field])).toEqual(['api1.environment.A']);
  });

  test('differ if their commands have the same words but different arguments', () => {
    expect(fields({ command: ['a b'] })['api1.command']).not.toBe(
      fields({ command: ['a', 'b'] })['api1.command'],
    );
  });

  test('differ in their containers', () => {
    expect(definitionFields(taskDefinitionFor(web, parts) as TaskDefinition)['containers']).toBe(
      'api1, api2',
    );
    expect(fields()['containers']).toBe('api1');
  });

  test('have an empty list of containers as their only field if they have no containers', () => {
    expect(definitionFields({})).toEqual({ containers: '' });
  });
});
