// The step for the listener: the calls that it makes in each case.
import {
  AddTagsCommand,
  CreateListenerCommand,
  DescribeListenersCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  DescribeTagsCommand,
  ModifyListenerCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from '@jest/globals';
import type { FoundListener } from '../../../../lib/look/listener.ts';
import { toPascalCaseTags } from '../../../../lib/derive/tags.ts';
import { listener } from '../../../../provision/steps/listener.ts';
import { awsError, mocks, ourTags, provisionStep, sentCalls } from '../../step-harness.ts';
import { existing } from '../../existing-resources.ts';

const { loadBalancer } = existing;
const foundListener: FoundListener = {
  listenerArn: 'arn:listener',
  protocol: 'HTTP',
  sslPolicy: '',
  certificateArn: '',
  moreCertificates: [],
  defaultAction: 'fixed-response 404 text/plain There is no service at this path.',
  tags: ourTags('listener'),
};
const scenario = { noun: 'listener' as const, ids: { loadBalancer } };
const scenarioWith = (changes: Partial<FoundListener> = {}) => ({
  ...scenario,
  found: { loadBalancer, listener: { '': { ...foundListener, ...changes } } },
});
const DefaultActions = [
  {
    Type: 'fixed-response',
    FixedResponseConfig: {
      StatusCode: '404',
      ContentType: 'text/plain',
      MessageBody: 'There is no service at this path.',
    },
  },
];
const createCall = {
  command: 'CreateListener',
  input: {
    LoadBalancerArn: 'arn:balancer',
    Protocol: 'HTTP',
    Port: 80,
    DefaultActions,
    Tags: toPascalCaseTags(ourTags('listener')),
  },
};

/** Lets the look find a listener on port 80 with these tags. */
function mockListener(tags: Record<string, string>): void {
  mocks.elbv2
    .on(DescribeLoadBalancersCommand)
    .resolves({ LoadBalancers: [{ LoadBalancerArn: 'arn:balancer' }] });
  mocks.elbv2.on(DescribeLoadBalancerAttributesCommand).resolves({});
  mocks.elbv2.on(DescribeListenersCommand).resolves({ Listeners: [{ ListenerArn: 'arn:there', Port: 80 }] });
  mocks.elbv2
    .on(DescribeTagsCommand)
    .resolves({ TagDescriptions: [{ ResourceArn: 'arn:there', Tags: toPascalCaseTags(tags) }] });
}

test('creates when missing', async () => {
  mocks.elbv2.on(CreateListenerCommand).resolves({ Listeners: [{ ListenerArn: 'arn:new' }] });
  const { shortChanges, ids } = await provisionStep(listener, scenario);
  expect(shortChanges).toEqual([['create', '']]);
  expect(ids).toEqual({ '': { listenerArn: 'arn:new' } });
  expect(sentCalls()).toEqual([createCall]);
});

test('creates when missing: if the response to an earlier create was lost, our listener on this port is adopted', async () => {
  mocks.elbv2.on(CreateListenerCommand).rejects(awsError('DuplicateListenerException'));
  mockListener(ourTags('listener'));
  const { ids } = await provisionStep(listener, scenario);
  expect(ids).toEqual({ '': { listenerArn: 'arn:there' } });
});

test('creates when missing: a listener on our port that someone else created after the survey is left alone', async () => {
  mocks.elbv2.on(CreateListenerCommand).rejects(awsError('DuplicateListenerException'));
  mockListener({});
  await expect(provisionStep(listener, scenario)).rejects.toMatchObject({
    code: 'FOREIGN',
    what: 'A resource that does not belong to this stack already uses port 80 of the load balancer.',
  });
  expect(sentCalls().filter(({ command }) => !command.startsWith('Describe'))).toEqual([createCall]);
});

test('adopts when present', async () => {
  const { shortChanges } = await provisionStep(listener, scenarioWith());
  expect(shortChanges).toEqual([]);
  expect(sentCalls()).toEqual([]);
});

test('repairs drift', async () => {
  mocks.elbv2.on(ModifyListenerCommand).resolves({});
  mocks.elbv2.on(AddTagsCommand).resolves({});
  const { shortChanges, ids } = await provisionStep(
    listener,
    scenarioWith({
      protocol: 'HTTPS',
      defaultAction: 'forward arn:group',
      tags: { ...foundListener.tags, Name: 'other' },
    }),
  );
  expect(shortChanges).toEqual([['update', '', 'protocol', 'default action', 'tag.Name']]);
  expect(ids).toEqual({ '': { listenerArn: 'arn:listener' } });
  expect(sentCalls()).toEqual([
    {
      command: 'ModifyListener',
      input: { ListenerArn: 'arn:listener', Protocol: 'HTTP', DefaultActions },
    },
    {
      command: 'AddTags',
      input: { ResourceArns: ['arn:listener'], Tags: toPascalCaseTags(ourTags('listener')) },
    },
  ]);
});

test('repairs drift: if only tags differ, only tags are sent', async () => {
  mocks.elbv2.on(AddTagsCommand).resolves({});
  await provisionStep(listener, scenarioWith({ tags: { 'slipway:stack': 'shop-dev' } }));
  expect(sentCalls().map(({ command }) => command)).toEqual(['AddTags']);
});

test('throws the error when AWS refuses a call', async () => {
  mocks.elbv2.on(CreateListenerCommand).rejects(awsError('TooManyListenersException', 'too many listeners'));
  await expect(provisionStep(listener, scenario)).rejects.toMatchObject({ message: 'too many listeners' });
  expect(sentCalls()).toEqual([createCall]);
});

test('explains refusal: a foreign resource is refused, and nothing is sent', async () => {
  const { changes } = await provisionStep(listener, scenarioWith({ tags: {} }));
  expect(changes).toMatchObject([
    { verb: 'refused', reason: expect.stringContaining('someone else created it') },
  ]);
  expect(sentCalls()).toEqual([]);
});
