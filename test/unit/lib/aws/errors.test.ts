// Wire codes, messages and classes of errors as the SDK throws them.
import { describe, expect, test } from '@jest/globals';
import {
  codeOf,
  isAccessDenied,
  isAmbiguous,
  hasErrorResponse,
  isCode,
  isRejectedCredentials,
  isNotFound,
  isQuota,
  isThrottle,
  messageOf,
} from '../../../../lib/aws/errors.ts';

/** An error of ELB, whose wire codes differ from the names in the SDK. */
const elbError = (code: string, status = 400) =>
  Object.assign(new Error(code), {
    name: `${code}Exception`,
    Code: code,
    $metadata: { httpStatusCode: status },
  });
/** An error of ECS, which sends no `Code`. */
const ecsError = (name: string, status = 400) =>
  Object.assign(new Error(name), { name, $metadata: { httpStatusCode: status } });
const networkError = (code: string) =>
  Object.assign(new Error(`connect ${code}`), { code, $metadata: { attempts: 1 } });

describe('the code of an error', () => {
  test.each([
    [
      'the wire code, if the SDK uses a different name',
      elbError('LoadBalancerNotFound'),
      'LoadBalancerNotFound',
    ],
    [
      'the name without `Exception`, if there is no wire code',
      ecsError('ClusterNotFoundException'),
      'ClusterNotFound',
    ],
    ['a code with a dot, as EC2 writes it', elbError('InvalidVpcID.NotFound'), 'InvalidVpcID.NotFound'],
    ['the system error code, for a failed connection', networkError('ECONNREFUSED'), 'ECONNREFUSED'],
    ['the name of any other error', new TypeError('x'), 'TypeError'],
    ['Unknown for a plain error', new Error('x'), 'Unknown'],
    ['Unknown without an error', null, 'Unknown'],
    ['Unknown for a string', 'oops', 'Unknown'],
  ])('is %s', (_, error, code) => {
    expect(codeOf(error)).toBe(code);
  });

  test('is compared as a whole', () => {
    expect(isCode(elbError('Duplicate'), 'A', 'Duplicate')).toBe(true);
    expect(isCode(elbError('DuplicateName'), 'Duplicate')).toBe(false);
  });
});

describe('the message of an error', () => {
  test('is its own message', () => {
    expect(messageOf(new Error('no'))).toBe('no');
    expect(messageOf('no')).toBe('no');
  });

  test('combines the messages of the inner errors if the error itself has no message, as when no address of a host name responds', () => {
    const both = new AggregateError([networkError('ECONNREFUSED'), new Error('connect EACCES')]);
    expect(messageOf(both)).toBe('connect ECONNREFUSED; connect EACCES');
  });

  test('is its code if there is no message', () => {
    expect(messageOf(Object.assign(new Error(''), { code: 'ECONNREFUSED' }))).toBe('ECONNREFUSED');
  });
});

describe('the class of an error', () => {
  const CLASSES = {
    isNotFound,
    isQuota,
    isThrottle,
    isRejectedCredentials,
    isAccessDenied,
    isAmbiguous,
  };
  const classesOf = (error: unknown) =>
    Object.entries(CLASSES)
      .filter(([, matches]) => matches(error))
      .map(([name]) => name);

  test.each([
    ...[
      'InvalidVpcID.NotFound',
      'NatGatewayNotFound',
      'InvalidAssociationID.NotFound',
      'NoSuchHostedZone',
      'NoSuchEntity',
    ].map((code) => [code, elbError(code), ['isNotFound']] as const),
    ...['ClusterNotFoundException', 'RepositoryNotFoundException', 'ResourceNotFoundException'].map(
      (name) => [name, ecsError(name), ['isNotFound']] as const,
    ),
    ...[
      'VpcLimitExceeded',
      'AddressLimitExceeded',
      'LimitExceeded',
      'TooManyTargetGroups',
      'TooManyHostedZones',
    ].map((code) => [code, elbError(code), ['isQuota']] as const),
    ['ServiceQuotaExceededException', ecsError('ServiceQuotaExceededException'), ['isQuota']],
    ['LimitsExceeded', elbError('LimitsExceeded'), ['isQuota']],
    ...[
      'Throttling',
      'RequestLimitExceeded',
      'BandwidthLimitExceeded',
      'SlowDown',
      'PriorRequestNotComplete',
    ].map((code) => [code, elbError(code, 503), ['isThrottle']] as const),
    ...['ThrottlingException', 'TooManyRequestsException'].map(
      (name) => [name, ecsError(name), ['isThrottle']] as const,
    ),
    ...['ExpiredToken', 'RequestExpired', 'InvalidClientTokenId'].map(
      (code) => [code, elbError(code, 403), ['isRejectedCredentials']] as const,
    ),
    ['ExpiredTokenException', ecsError('ExpiredTokenException'), ['isRejectedCredentials']],
    ['UnrecognizedClientException', ecsError('UnrecognizedClientException'), ['isRejectedCredentials']],
    ['UnauthorizedOperation', elbError('UnauthorizedOperation', 403), ['isAccessDenied']],
    ['AccessDeniedException', ecsError('AccessDeniedException'), ['isAccessDenied']],
    ['AccessDenied', elbError('AccessDenied', 403), ['isAccessDenied']],
    ['InternalError', elbError('InternalError', 500), ['isAmbiguous']],
    ['ServiceUnavailable', elbError('ServiceUnavailable', 503), ['isAmbiguous']],
    ['ECONNRESET', networkError('ECONNRESET'), ['isAmbiguous']],
    ['InvalidSubnet.Conflict', elbError('InvalidSubnet.Conflict'), []],
    ['AuthFailure', elbError('AuthFailure', 401), []],
    ['an unparsable response', Object.assign(new Error('bad XML'), { $response: {} }), ['isAmbiguous']],
    ['a success response that was cut off', ecsError('Error', 200), ['isAmbiguous']],
    ['a redirection', ecsError('Unknown', 301), []],
    ['a programming mistake', new TypeError('x is undefined'), []],
    ['no credentials', Object.assign(new Error('none'), { name: 'CredentialsProviderError' }), []],
    ['an interruption', Object.assign(new Error('aborted'), { name: 'AbortError' }), []],
  ] as const)('%s', (_, error, classes) => {
    expect(classesOf(error)).toEqual(classes);
  });
});

test('an error has a response if AWS responded at all', () => {
  expect(hasErrorResponse(elbError('X', 500))).toBe(true);
  expect(hasErrorResponse(networkError('ECONNRESET'))).toBe(false);
  expect(hasErrorResponse(undefined)).toBe(false);
});
