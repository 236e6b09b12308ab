// AWS's errors as the SDK throws them: their wire codes, and what kind each is.
import { describe, expect, test } from '@jest/globals';
import {
  codeOf,
  isAccessDenied,
  isAmbiguous,
  hasResponse,
  isCode,
  isRejectedCredentials,
  isNotFound,
  isQuota,
  isThrottle,
  messageOf,
} from '../../../../lib/aws/errors.ts';

/** An error of a service whose names differ from the wire codes, and of one that has no `Code`. */
const elb = (code: string, status = 400) =>
  Object.assign(new Error(code), {
    name: `${code}Exception`,
    Code: code,
    $metadata: { httpStatusCode: status },
  });
const ecs = (name: string, status = 400) =>
  Object.assign(new Error(name), { name, $metadata: { httpStatusCode: status } });
const network = (code: string) =>
  Object.assign(new Error(`connect ${code}`), { code, $metadata: { attempts: 1 } });

describe('the code of an error', () => {
  test.each([
    ['the wire code, where the SDK has another name', elb('LoadBalancerNotFound'), 'LoadBalancerNotFound'],
    [
      'the name without its ending, where there is no wire code',
      ecs('ClusterNotFoundException'),
      'ClusterNotFound',
    ],
    ['with its dot, as EC2 writes it', elb('InvalidVpcID.NotFound'), 'InvalidVpcID.NotFound'],
    ["the system's, for a connection that failed", network('ECONNREFUSED'), 'ECONNREFUSED'],
    ['the name of any other error', new TypeError('x'), 'TypeError'],
    ['that of a plain error is unknown', new Error('x'), 'Unknown'],
    ['that of no error at all, too', null, 'Unknown'],
    ['that of a text, too', 'oops', 'Unknown'],
  ])('is %s', (_, error, code) => {
    expect(codeOf(error)).toBe(code);
  });

  test('is compared as a whole', () => {
    expect(isCode(elb('Duplicate'), 'A', 'Duplicate')).toBe(true);
    expect(isCode(elb('DuplicateName'), 'Duplicate')).toBe(false);
  });
});

describe('the message of an error', () => {
  test('is its own', () => {
    expect(messageOf(new Error('no'))).toBe('no');
    expect(messageOf('no')).toBe('no');
  });

  test('is that of the errors in it when it has none: so Node says that no address of a name answers', () => {
    const both = new AggregateError([network('ECONNREFUSED'), new Error('connect EACCES')]);
    expect(messageOf(both)).toBe('connect ECONNREFUSED; connect EACCES');
  });

  test('is its code when there is no other word', () => {
    expect(messageOf(Object.assign(new Error(''), { code: 'ECONNREFUSED' }))).toBe('ECONNREFUSED');
  });
});

describe('what an error is', () => {
  const KINDS = {
    isNotFound,
    isQuota,
    isThrottle,
    isExpired: isRejectedCredentials,
    isAccessDenied,
    isAmbiguous,
  };
  const kindsOf = (error: unknown) =>
    Object.entries(KINDS)
      .filter(([, is]) => is(error))
      .map(([kind]) => kind);

  test.each([
    ...[
      'InvalidVpcID.NotFound',
      'NatGatewayNotFound',
      'InvalidAssociationID.NotFound',
      'NoSuchHostedZone',
      'NoSuchEntity',
    ].map((code) => [code, elb(code), ['isNotFound']] as const),
    ...['ClusterNotFoundException', 'RepositoryNotFoundException', 'ResourceNotFoundException'].map(
      (name) => [name, ecs(name), ['isNotFound']] as const,
    ),
    ...[
      'VpcLimitExceeded',
      'AddressLimitExceeded',
      'LimitExceeded',
      'TooManyTargetGroups',
      'TooManyHostedZones',
    ].map((code) => [code, elb(code), ['isQuota']] as const),
    ['ServiceQuotaExceededException', ecs('ServiceQuotaExceededException'), ['isQuota']],
    ['LimitsExceeded', elb('LimitsExceeded'), ['isQuota']],
    ...[
      'Throttling',
      'RequestLimitExceeded',
      'BandwidthLimitExceeded',
      'SlowDown',
      'PriorRequestNotComplete',
    ].map((code) => [code, elb(code, 503), ['isThrottle']] as const),
    ...['ThrottlingException', 'TooManyRequestsException'].map(
      (name) => [name, ecs(name), ['isThrottle']] as const,
    ),
    ...['ExpiredToken', 'RequestExpired', 'InvalidClientTokenId'].map(
      (code) => [code, elb(code, 403), ['isExpired']] as const,
    ),
    ['ExpiredTokenException', ecs('ExpiredTokenException'), ['isExpired']],
    ['UnrecognizedClientException', ecs('UnrecognizedClientException'), ['isExpired']],
    ['UnauthorizedOperation', elb('UnauthorizedOperation', 403), ['isAccessDenied']],
    ['AccessDeniedException', ecs('AccessDeniedException'), ['isAccessDenied']],
    ['AccessDenied', elb('AccessDenied', 403), ['isAccessDenied']],
    ['InternalError', elb('InternalError', 500), ['isAmbiguous']],
    ['ServiceUnavailable', elb('ServiceUnavailable', 503), ['isAmbiguous']],
    ['ECONNRESET', network('ECONNRESET'), ['isAmbiguous']],
    ['InvalidSubnet.Conflict', elb('InvalidSubnet.Conflict'), []],
    ['AuthFailure', elb('AuthFailure', 401), []],
    ['an unread answer', Object.assign(new Error('bad XML'), { $response: {} }), ['isAmbiguous']],
    ['a good answer that broke off', ecs('Error', 200), ['isAmbiguous']],
    ['a redirection', ecs('Unknown', 301), []],
    ['a mistake of ours', new TypeError('x is undefined'), []],
    ['no credentials', Object.assign(new Error('none'), { name: 'CredentialsProviderError' }), []],
    ['an interruption', Object.assign(new Error('aborted'), { name: 'AbortError' }), []],
  ] as const)('%s', (_, error, kinds) => {
    expect(kindsOf(error)).toEqual(kinds);
  });

  test('tells whether AWS answered at all', () => {
    expect(hasResponse(elb('X', 500))).toBe(true);
    expect(hasResponse(network('ECONNRESET'))).toBe(false);
    expect(hasResponse(undefined)).toBe(false);
  });
});
