// Resources: their addresses, ids and titles.
import { describe, expect, test } from '@jest/globals';
import { addressOf, identifierOf, idsOf, only, ONLY, titleOf } from '../../../../lib/model/resources.ts';

test('an address is the noun, followed by the key if the noun has several resources', () => {
  expect(addressOf('vpc', ONLY)).toBe('vpc');
  expect(addressOf('subnets', 'public-1')).toBe('subnets.public-1');
});

test('the single resource of a noun is the one without a key', () => {
  expect(
    only(
      new Map([
        ['~2', 'twin'],
        [ONLY, 'one'],
      ]),
    ),
  ).toBe('one');
  expect(only(new Map([['~2', 'twin']]))).toBeUndefined();
});

describe('the ids of a found resource', () => {
  const balancer = { hostedZoneId: 'Z1', dnsName: 'a.elb', loadBalancerArn: 'arn:1', state: 'active' };

  test('are those that the architecture declares, with the identifying id first', () => {
    expect(Object.entries(idsOf('loadBalancer', balancer))).toEqual([
      ['loadBalancerArn', 'arn:1'],
      ['dnsName', 'a.elb'],
      ['hostedZoneId', 'Z1'],
    ]);
    expect(identifierOf('loadBalancer', balancer)).toBe('arn:1');
  });

  test('are empty strings if AWS reports none', () => {
    expect(idsOf('vpc', {} as never)).toEqual({ vpcId: '' });
    expect(identifierOf('vpc', {} as never)).toBe('');
  });
});

describe('the title of a resource', () => {
  const elb = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333';
  test.each([
    ['the unchanged id if that is not an ARN', titleOf('vpc', { vpcId: 'vpc-1' }), 'vpc-1'],
    [
      'the name of a load balancer',
      titleOf('loadBalancer', {
        loadBalancerArn: `${elb}:loadbalancer/app/shop-dev/50dc6c495c0c9188`,
        dnsName: '',
        hostedZoneId: '',
      }),
      'shop-dev',
    ],
    [
      'the name of a target group',
      titleOf('targetGroups', { targetGroupArn: `${elb}:targetgroup/shop-dev-api1/73e2d6bc24d8a067` }),
      'shop-dev-api1',
    ],
    [
      'the id of a listener',
      titleOf('listener', { listenerArn: `${elb}:listener/app/shop-dev/50dc6c495c0c9188/f2f7dc8efc522ab2` }),
      'f2f7dc8efc522ab2',
    ],
    [
      'the id of a rule',
      titleOf('rules', { ruleArn: `${elb}:listener-rule/app/shop-dev/50dc/f2f7/9683b2d02a6cabee` }),
      '9683b2d02a6cabee',
    ],
    [
      'the part that follows the kind in any other ARN, in any partition',
      titleOf('services', { serviceArn: 'arn:aws-cn:ecs:cn-north-1:111122223333:service/shop-dev/web' }),
      'shop-dev/web',
    ],
    [
      'the family and the revision of a task definition',
      titleOf('taskDefinitions', {
        taskDefinitionArn: 'arn:aws:ecs:eu-west-1:111122223333:task-definition/shop-dev-web:3',
      }),
      'shop-dev-web:3',
    ],
    [
      'the repository of an image without the registry, and a short digest',
      titleOf('images', {
        imageUri: `111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop-dev/web@sha256:${'ab'.repeat(32)}`,
      }),
      `shop-dev/web@sha256:${'ab'.repeat(6)}…`,
    ],
  ])('is %s', (_what, title, expected) => {
    expect(title).toBe(expected);
  });
});
