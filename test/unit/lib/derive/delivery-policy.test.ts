// Policies of a user's bucket: whether they let the load balancer write its logs.
import { expect, test } from '@jest/globals';
import { allowsDelivery } from '../../../../lib/derive/delivery-policy.ts';
import { deliveryStatements, logBucketPolicy } from '../../../../lib/derive/log-delivery.ts';
import { config, desiredOf } from '../../step-harness.ts';

const place = { region: 'eu-west-1', account: '111122223333', bucket: 'company-logs', prefix: 'shop' };
const statement = {
  Effect: 'Allow',
  Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' } as object | string,
  Action: 's3:PutObject' as string | string[],
  Resource: 'arn:aws:s3:::company-logs/shop/AWSLogs/111122223333/*',
};
const allows = (changes: Partial<typeof statement> = {}, where = place): boolean =>
  allowsDelivery(JSON.stringify({ Statement: [{ ...statement, ...changes }] }), where);

test.each<[string, Partial<typeof statement>]>([
  ['the service', {}],
  ['the account of the region', { Principal: { AWS: 'arn:aws:iam::156460612806:root' } }],
  ['the number of that account', { Principal: { AWS: ['156460612806'] } }],
  ['everyone', { Principal: '*' }],
  ['all actions', { Action: ['s3:GetObject', 's3:*'] }],
  ['the whole bucket', { Resource: 'arn:aws:s3:::company-logs/*' }],
])('a policy for %s is enough', (_what, changes) => {
  expect(allows(changes)).toBe(true);
});

test.each<[string, Partial<typeof statement>]>([
  ['denies', { Effect: 'Deny' }],
  ['admits another service', { Principal: { Service: 'delivery.logs.amazonaws.com' } }],
  ['admits the account of another region', { Principal: { AWS: '127311923021' } }],
  ['allows only reads', { Action: 's3:GetObject' }],
  ['concerns another prefix', { Resource: 'arn:aws:s3:::company-logs/web/AWSLogs/111122223333/*' }],
  ['concerns another account', { Resource: 'arn:aws:s3:::company-logs/shop/AWSLogs/999999999999/*' }],
])('a policy that %s is not enough', (_what, changes) => {
  expect(allows(changes)).toBe(false);
});

test('no policy, and one that is not JSON, are not enough', () => {
  expect([allowsDelivery('', place), allowsDelivery('no', place)]).toEqual([false, false]);
});

test('what Slipway itself writes and proposes is enough', () => {
  const theirs = desiredOf(config({ accessLogs: { bucket: 'company-logs', prefix: 'shop' } }));
  expect(allowsDelivery(JSON.stringify({ Statement: deliveryStatements(theirs) }), place)).toBe(true);
  const own = desiredOf(config({ accessLogs: { days: 90 } }));
  const bucket = own.names.logBucket(place);
  expect(allowsDelivery(JSON.stringify(logBucketPolicy(own)), { ...place, bucket, prefix: '' })).toBe(true);
});

test('newer regions have no account, and other partitions have other ARNs', () => {
  const statementsIn = (region: string) =>
    deliveryStatements(desiredOf(config({ region, accessLogs: { days: 90 } })));
  expect(statementsIn('il-central-1').map(({ Principal }) => Principal)).toEqual([
    { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
  ]);
  expect(statementsIn('cn-north-1')).toMatchObject([
    { Resource: expect.stringMatching(/^arn:aws-cn:s3:::/) },
    { Principal: { AWS: 'arn:aws-cn:iam::638102146993:root' } },
  ]);
});
