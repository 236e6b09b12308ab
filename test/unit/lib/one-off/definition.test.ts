// The definition of a one-off task: one container with another command, and what it waits for.
import { describe, expect, test } from '@jest/globals';
import { oneOffDefinition } from '../../../../lib/one-off/definition.ts';

const check = { command: ['CMD', 'check'] };
const definition = {
  cpu: '256',
  taskRoleArn: 'arn:role',
  volumes: [{ name: 'tmp-app' }, { name: 'tmp-other' }],
  containerDefinitions: [
    {
      name: 'app',
      image: 'app:1',
      command: ['node', 'main.js'],
      essential: true,
      healthCheck: check,
      portMappings: [{ containerPort: 80 }],
      environment: [{ name: 'MODE', value: 'fast' }],
      mountPoints: [{ sourceVolume: 'tmp-app', containerPath: '/tmp' }],
      dependsOn: [
        { containerName: 'proxy', condition: 'HEALTHY' as const },
        { containerName: 'job', condition: 'SUCCESS' as const },
      ],
    },
    { name: 'proxy', essential: true, healthCheck: check },
    {
      name: 'job',
      essential: false,
      healthCheck: check,
      dependsOn: [{ containerName: 'base', condition: 'START' as const }],
    },
    { name: 'base', essential: true },
    { name: 'other', essential: true, mountPoints: [{ sourceVolume: 'tmp-other' }] },
  ],
};

describe('the definition of a one-off task', () => {
  const { containerDefinitions, ...content } = oneOffDefinition(definition, {
    container: 'app',
    command: ['sh', '-c', 'echo "$HOME"; rm `x`', ''],
  });
  const [app, ...others] = containerDefinitions ?? [];

  test('keeps the image, the variables, the roles and the size, and replaces the command word by word', () => {
    expect(app).toEqual({
      name: 'app',
      image: 'app:1',
      essential: true,
      command: ['sh', '-c', 'echo "$HOME"; rm `x`', ''],
      environment: [{ name: 'MODE', value: 'fast' }],
      mountPoints: [{ sourceVolume: 'tmp-app', containerPath: '/tmp' }],
      dependsOn: definition.containerDefinitions[0]?.dependsOn,
    });
    expect(content).toEqual({ cpu: '256', taskRoleArn: 'arn:role', volumes: [{ name: 'tmp-app' }] });
  });

  test('has only the containers for which the command waits, and none of them ends the task', () => {
    expect(others.map(({ name, essential }) => [name, essential])).toEqual([
      ['proxy', false],
      ['job', false],
      ['base', false],
    ]);
  });

  test('checks the health only of a container whose health is waited for', () => {
    expect(others.map(({ healthCheck }) => healthCheck)).toEqual([check, undefined, undefined]);
  });

  test('has neither the sidecars nor the volumes of a container without dependencies', () => {
    const alone = oneOffDefinition(definition, { container: 'base', command: ['true'] });
    expect(alone).toMatchObject({ containerDefinitions: [{ name: 'base', command: ['true'] }], volumes: [] });
  });
});
