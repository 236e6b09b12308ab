// The step for the internet gateway: the calls that it makes in each case.
import {
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateTagsCommand,
  DescribeInternetGatewaysCommand,
} from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { internetGateway } from '../../../../provision/steps/internet-gateway.ts';
import { toPascalCaseTags } from '../../../../lib/derive/tags.ts';
import { awsError, mocks, ourTags, provisionStep, sentCalls } from '../../step-harness.ts';
import { network, networkWithout } from '../../network.ts';

const Tags = toPascalCaseTags(ourTags('internetGateway'));
const createCall = {
  command: 'CreateInternetGateway',
  input: { TagSpecifications: [{ ResourceType: 'internet-gateway', Tags }] },
};
const attachCall = {
  command: 'AttachInternetGateway',
  input: { InternetGatewayId: 'igw-1', VpcId: 'vpc-1' },
};
const describeResponse = (VpcId?: string) => ({
  InternetGateways: [
    {
      InternetGatewayId: 'igw-1',
      Tags,
      Attachments: VpcId === undefined ? [] : [{ VpcId }],
    },
  ],
});
const scenario = {
  noun: 'internetGateway',
  ids: network(),
  found: networkWithout('internetGateway'),
} as const;
const networkWithGateway = (attachedTo: string | undefined) => ({
  ...network(),
  internetGateway: { '': { internetGatewayId: 'igw-1', attachedTo, tags: ourTags('internetGateway') } },
});
const alreadyAssociated = awsError(
  'Resource.AlreadyAssociated',
  'resource igw-1 is already attached to network vpc-1',
);
const commands = () => sentCalls().map(({ command }) => command);

test('creates when missing', async () => {
  mocks.ec2.on(CreateInternetGatewayCommand).resolves({ InternetGateway: { InternetGatewayId: 'igw-1' } });
  mocks.ec2.on(AttachInternetGatewayCommand).resolves({});
  const { shortChanges, ids } = await provisionStep(internetGateway, scenario);
  expect(shortChanges).toEqual([['create', '']]);
  expect(ids).toEqual({ '': { internetGatewayId: 'igw-1' } });
  expect(sentCalls()).toEqual([createCall, attachCall]);
});

test('creates when missing: after a lost response, the step looks for the resource by its tags before it sends the create again', async () => {
  mocks.ec2.on(CreateInternetGatewayCommand).rejectsOnce(awsError('InternalError', 'oops', 500));
  mocks.ec2.on(DescribeInternetGatewaysCommand).resolvesOnce({}).resolves(describeResponse());
  mocks.ec2.on(AttachInternetGatewayCommand).resolves({});
  await provisionStep(internetGateway, scenario);
  expect(commands()).toEqual([
    'CreateInternetGateway',
    'DescribeInternetGateways',
    'DescribeInternetGateways',
    'AttachInternetGateway',
  ]);
});

test('creates when missing: after a lost response, the attachment is polled until it is visible', async () => {
  mocks.ec2.on(CreateInternetGatewayCommand).resolves({ InternetGateway: { InternetGatewayId: 'igw-1' } });
  mocks.ec2.on(AttachInternetGatewayCommand).rejects(alreadyAssociated);
  mocks.ec2
    .on(DescribeInternetGatewaysCommand)
    .resolvesOnce({})
    .resolvesOnce(describeResponse())
    .resolves(describeResponse('vpc-1'));
  const { ids } = await provisionStep(internetGateway, scenario);
  expect(ids).toEqual({ '': { internetGatewayId: 'igw-1' } });
  expect(commands().slice(2)).toEqual(Array(3).fill('DescribeInternetGateways'));
});

test('creates when missing: if the same run creates the VPC, the id of the VPC is still unknown in the plan', async () => {
  mocks.ec2.on(CreateInternetGatewayCommand).resolves({ InternetGateway: { InternetGatewayId: 'igw-1' } });
  mocks.ec2.on(AttachInternetGatewayCommand).resolves({});
  const { changes } = await provisionStep(internetGateway, { ...scenario, found: {} });
  expect(changes[0]?.fields).toContainEqual({
    field: 'attached to',
    from: undefined,
    to: { after: 'vpc' },
  });
  expect(sentCalls()).toEqual([createCall, attachCall]);
});

test('adopts when present', async () => {
  const { shortChanges } = await provisionStep(internetGateway, {
    ...scenario,
    found: networkWithGateway('vpc-1'),
  });
  expect(shortChanges).toEqual([]);
  expect(sentCalls()).toEqual([]);
});

test('repairs drift', async () => {
  mocks.ec2.on(AttachInternetGatewayCommand).resolves({});
  const { shortChanges } = await provisionStep(internetGateway, {
    ...scenario,
    found: networkWithGateway(undefined),
  });
  expect(shortChanges).toEqual([['update', '', 'attached to']]);
  expect(sentCalls()).toEqual([attachCall]);
});

test('repairs drift: if only tags differ, only tags are sent', async () => {
  mocks.ec2.on(CreateTagsCommand).resolves({});
  const drifted = network();
  drifted.internetGateway[''].tags = { ...drifted.internetGateway[''].tags, Name: 'other' };
  await provisionStep(internetGateway, { ...scenario, found: drifted });
  expect(sentCalls()).toEqual([{ command: 'CreateTags', input: { Resources: ['igw-1'], Tags } }]);
});

test('throws the error when AWS refuses a call', async () => {
  mocks.ec2.on(CreateInternetGatewayCommand).rejects(awsError('InternetGatewayLimitExceeded'));
  await expect(provisionStep(internetGateway, scenario)).rejects.toMatchObject({
    name: 'InternetGatewayLimitExceeded',
  });
  expect(commands()).toEqual(['CreateInternetGateway']);
});

test('explains refusal: a gateway that is attached to a foreign VPC is refused and stays attached', async () => {
  const { changes, shortChanges } = await provisionStep(internetGateway, {
    ...scenario,
    found: networkWithGateway('vpc-9'),
  });
  expect(shortChanges).toEqual([['refused', '']]);
  expect(changes[0]?.reason).toBe('it is attached to vpc-9, which is not the VPC of this stack');
  expect(sentCalls()).toEqual([]);
});

test('explains refusal: a foreign gateway that is already attached to our VPC is reported', async () => {
  const foreignGatewayAttached = awsError(
    'Resource.AlreadyAssociated',
    'Network vpc-1 already has an internet gateway attached',
  );
  mocks.ec2.on(AttachInternetGatewayCommand).rejects(foreignGatewayAttached);
  mocks.ec2.on(DescribeInternetGatewaysCommand).resolves(describeResponse());
  await expect(
    provisionStep(internetGateway, { ...scenario, found: networkWithGateway(undefined) }),
  ).rejects.toMatchObject({
    code: 'FOREIGN',
    what: 'A resource that does not belong to this stack already uses the internet gateway attachment of vpc-1.',
    why: 'Network vpc-1 already has an internet gateway attached',
  });
});
