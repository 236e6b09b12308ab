// The look for the listener on port 80 of our load balancer.
import {
  DescribeListenersCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  DescribeTagsCommand,
  type Listener,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { actionText, lookListener } from '../../../../lib/look/listener.ts';
import { toPascalCaseTags } from '../../../../lib/derive/tags.ts';
import { awsError, mocks, ourTags, lookContextOf, sentCalls } from '../../step-harness.ts';

const listener: Listener = {
  ListenerArn: 'arn:listener',
  Port: 80,
  Protocol: 'HTTP',
  DefaultActions: [
    {
      Type: 'fixed-response',
      Order: 1,
      FixedResponseConfig: { StatusCode: '404', ContentType: 'text/plain', MessageBody: 'None.' },
    },
  ],
};

beforeEach(() => {
  mocks.elbv2
    .on(DescribeLoadBalancersCommand)
    .resolves({ LoadBalancers: [{ LoadBalancerArn: 'arn:balancer' }] });
  mocks.elbv2.on(DescribeLoadBalancerAttributesCommand).resolves({});
  mocks.elbv2.on(DescribeTagsCommand).callsFake(({ ResourceArns }: { ResourceArns: string[] }) => ({
    TagDescriptions: ResourceArns.map((arn) => ({
      ResourceArn: arn,
      Tags: toPascalCaseTags(ourTags('listener')),
    })),
  }));
});

describe('the look', () => {
  test('reads the listener on port 80, whatever page it is on', async () => {
    mocks.elbv2
      .on(DescribeListenersCommand)
      .callsFake(({ Marker }: { Marker?: string }) =>
        Marker === undefined
          ? { Listeners: [{ ListenerArn: 'arn:other', Port: 8080 }], NextMarker: 'next' }
          : { Listeners: [listener] },
      );
    expect(Object.fromEntries(await lookListener(lookContextOf()))).toEqual({
      '': {
        listenerArn: 'arn:listener',
        protocol: 'HTTP',
        sslPolicy: '',
        certificateArn: '',
        moreCertificates: [],
        defaultAction: 'fixed-response 404 text/plain None.',
        tags: ourTags('listener'),
      },
    });
    expect(sentCalls().filter(({ command }) => command === 'DescribeListeners')).toEqual([
      { command: 'DescribeListeners', input: { LoadBalancerArn: 'arn:balancer' } },
      { command: 'DescribeListeners', input: { LoadBalancerArn: 'arn:balancer', Marker: 'next' } },
    ]);
  });

  test('finds nothing on another port', async () => {
    mocks.elbv2.on(DescribeListenersCommand).resolves({ Listeners: [{ ...listener, Port: 8443 }] });
    expect((await lookListener(lookContextOf())).size).toBe(0);
  });

  test('finds nothing without a load balancer, and does not request listeners', async () => {
    mocks.elbv2.on(DescribeLoadBalancersCommand).rejects(awsError('LoadBalancerNotFoundException'));
    expect((await lookListener(lookContextOf())).size).toBe(0);
    expect(sentCalls().map(({ command }) => command)).toEqual(['DescribeLoadBalancers']);
  });

  test('finds nothing when the load balancer is deleted during the look', async () => {
    mocks.elbv2.on(DescribeListenersCommand).rejects(awsError('LoadBalancerNotFoundException'));
    expect((await lookListener(lookContextOf())).size).toBe(0);
  });

  test('finds nothing when the listener itself is deleted during the look', async () => {
    mocks.elbv2.on(DescribeListenersCommand).resolves({ Listeners: [listener] });
    mocks.elbv2
      .on(DescribeTagsCommand, { ResourceArns: ['arn:listener'] })
      .rejects(awsError('ListenerNotFoundException'));
    expect((await lookListener(lookContextOf())).size).toBe(0);
  });
});

describe('a default action is formatted on one line', () => {
  test.each([
    [undefined, ''],
    [listener.DefaultActions, 'fixed-response 404 text/plain None.'],
    [[{ Type: 'fixed-response' as const, FixedResponseConfig: { StatusCode: '404' } }], 'fixed-response 404'],
    [[{ Type: 'forward' as const, TargetGroupArn: 'arn:group' }], 'forward arn:group'],
    [[{ Type: 'forward' as const, ForwardConfig: { TargetGroups: [] } }], 'forward {"TargetGroups":[]}'],
    [
      [{ Type: 'redirect' as const, RedirectConfig: { StatusCode: 'HTTP_301' as const } }],
      'redirect 301 #{protocol}://#{host}:#{port}/#{path}?#{query}',
    ],
  ])('%j', (actions, text) => {
    expect(actionText(actions)).toBe(text);
  });
});
