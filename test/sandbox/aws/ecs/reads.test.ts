// The sandbox's answers to ECS calls about capacity providers, container instances, attributes and namespaces.
import {
  DescribeCapacityProvidersCommand,
  DescribeContainerInstancesCommand,
  ListAttributesCommand,
  ListContainerInstancesCommand,
  ListServicesByNamespaceCommand,
  PutClusterCapacityProvidersCommand,
  type DescribeCapacityProvidersCommandInput,
} from '@aws-sdk/client-ecs';
import { expect, test } from '@jest/globals';
import { refusalOf } from '../../harness.ts';
import { account } from './scene.ts';

const ARN = 'arn:aws:ecs:eu-west-1:000000000000';
const ID = '0123456789abcdef0123456789abcdef';

test('an account has the capacity providers of Fargate, and a cluster has those that a call associates with it', async () => {
  const { ecs } = await account();
  const describe = (input: DescribeCapacityProvidersCommandInput = {}) =>
    ecs.send(new DescribeCapacityProvidersCommand(input));
  const provider = (name: string) => ({
    capacityProviderArn: `${ARN}:capacity-provider/${name}`,
    name,
    status: 'ACTIVE',
    tags: [],
  });
  expect((await describe()).capacityProviders).toEqual([provider('FARGATE'), provider('FARGATE_SPOT')]);
  const named = await describe({
    capacityProviders: ['other', `${ARN}:capacity-provider/FARGATE`],
    include: ['TAGS'],
  });
  expect(named.capacityProviders).toEqual([provider('FARGATE')]);
  expect(named.failures).toEqual([{ arn: `${ARN}:capacity-provider/other`, reason: 'MISSING' }]);
  expect((await describe({ cluster: 'main' })).capacityProviders).toEqual([]);
  await ecs.send(
    new PutClusterCapacityProvidersCommand({
      cluster: 'main',
      capacityProviders: ['FARGATE_SPOT'],
      defaultCapacityProviderStrategy: [],
    }),
  );
  expect((await describe({ cluster: 'main' })).capacityProviders).toEqual([provider('FARGATE_SPOT')]);
});

test('there are no container instances, attributes or namespaces', async () => {
  const { ecs } = await account();
  const cluster = 'main';
  const instances = await ecs.send(new ListContainerInstancesCommand({ cluster }));
  expect(instances.containerInstanceArns).toEqual([]);
  const described = await ecs.send(
    new DescribeContainerInstancesCommand({ cluster, containerInstances: [ID] }),
  );
  expect(described.containerInstances).toEqual([]);
  expect(described.failures).toEqual([{ arn: `${ARN}:container-instance/main/${ID}`, reason: 'MISSING' }]);
  const emptyCall = ecs.send(new DescribeContainerInstancesCommand({ cluster, containerInstances: [] }));
  expect(await refusalOf(emptyCall)).toEqual({
    code: 'InvalidParameterException',
    message: 'Container instance cannot be empty.',
  });
  const targetType = 'container-instance' as const;
  expect((await ecs.send(new ListAttributesCommand({ cluster, targetType }))).attributes).toEqual([]);
  const withoutName = ecs.send(new ListAttributesCommand({ cluster, targetType, attributeValue: 'x' }));
  expect((await refusalOf(withoutName)).code).toBe('InvalidParameterException');
  const services = await ecs.send(new ListServicesByNamespaceCommand({ namespace: 'internal' }));
  expect(services.serviceArns).toEqual([]);
});
