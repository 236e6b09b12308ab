/** Classifies AWS errors by the code in the response: for some services, the SDK's `name` differs from that code. */

/** The fields of an SDK error that we read. */
interface ErrorFields {
  readonly name?: string;
  readonly Code?: string;
  readonly code?: string;
  readonly message?: string;
  /** The errors in an `AggregateError`. */
  readonly errors?: readonly unknown[];
  readonly $metadata?: { readonly httpStatusCode?: number; readonly clockSkewCorrected?: boolean };
  readonly $response?: { readonly statusCode?: number };
}
const fields = (error: unknown): ErrorFields => (typeof error === 'object' && error !== null ? error : {});

/**
 * Returns the code of an AWS error, e.g. `LoadBalancerNotFound` or `InvalidVpcID.NotFound`, without the `Exception` that some
 * services append. For any other error, returns its name.
 */
export function codeOf(error: unknown): string {
  const { Code, name, code } = fields(error);
  return (Code ?? (name === 'Error' ? code : name) ?? 'Unknown').replace(/Exception$/, '');
}

/**
 * Returns the message of an error. When no address of a host responds, Node throws an `AggregateError` without a message. In
 * that case, the messages of the aggregated errors are returned.
 */
export function messageOf(error: unknown): string {
  const { message = String(error), errors = [] } = fields(error);
  return withoutSdkWording(message) || errors.map(messageOf).join('; ') || codeOf(error);
}

/** The advice to programmers that the SDK appends when it cannot parse a response. */
const UNPARSABLE = /\s*Deserialization error: [^]*$/;

/** Rewords messages that come from the SDK itself. */
const withoutSdkWording = (message: string): string =>
  message
    .replace(UNPARSABLE, '')
    .replace(
      /^@smithy\/node-http-handler - the request socket timed out after (\d+) ms of inactivity.*$/,
      (_, ms) => `no data arrived for ${Number(ms) / 1000} s`,
    )
    .replace(
      /^@smithy\/node-http-handler - the request socket did not establish .* timeout of (\d+) ms\.$/,
      (_, ms) => `no connection could be made within ${Number(ms) / 1000} s`,
    );

/** Whether an error has one of these codes, written without `Exception`. */
export const isCode = (error: unknown, ...codes: readonly string[]): boolean => codes.includes(codeOf(error));

/** Whether AWS answered with a server error. A 501 does not count: it means that there is no such operation. */
export const isServerError = (error: unknown): boolean => {
  const status = fields(error).$metadata?.httpStatusCode ?? 0;
  return status >= 500 && status !== 501;
};

/**
 * Whether AWS answered a failed call with an error status. If not, the call may still have taken effect: there was no response,
 * or a response with a success status broke off or cannot be parsed.
 */
export const hasErrorResponse = (error: unknown): boolean =>
  (fields(error).$metadata?.httpStatusCode ?? 0) >= FIRST_ERROR_STATUS;

/** Redirections count as errors. */
const FIRST_ERROR_STATUS = 300;

/** Whether something other than AWS answered, for example with a web page. */
export const isNotFromAws = (error: unknown): boolean =>
  UNPARSABLE.test(fields(error).message ?? '') && !isServerError(error);

/** Whether the call may have taken effect although it failed: there was no response, or a server error. */
export function isAmbiguous(error: unknown): boolean {
  if (!canComeFromNetworkOrAws(error)) return false;
  return !hasErrorResponse(error) || (isServerError(error) && !isThrottle(error));
}

/** Whether the same call may succeed next time: no response came, AWS failed, or the SDK has corrected its clock skew. */
export const isTransient = (error: unknown): boolean =>
  (isAmbiguous(error) && !isUnimplemented(error) && !isQuota(error)) ||
  fields(error).$metadata?.clockSkewCorrected === true;

/** Whether an error can come from the network or from AWS; programming mistakes and missing credentials cannot. */
const canComeFromNetworkOrAws = (error: unknown): boolean => {
  if (error instanceof TypeError || error instanceof RangeError) return false;
  return !/Credentials|TokenProvider|Abort/.test(codeOf(error));
};

const THROTTLE_CODES = new Set([
  'Throttling',
  'Throttled',
  'RequestThrottled',
  'RequestLimitExceeded',
  'TooManyRequests',
  'SlowDown',
  'BandwidthLimitExceeded',
  'EC2Throttled',
  'PriorRequestNotComplete',
]);
export const isThrottle = (error: unknown): boolean => THROTTLE_CODES.has(codeOf(error));

/** Whether a quota of the account is used up. Unlike throttling, this is permanent until the quota is raised. */
export const isQuota = (error: unknown): boolean =>
  !isThrottle(error) && /(Limits?Exceeded|QuotaExceeded|^TooMany\w+)$/.test(codeOf(error));

/** Whether an error means that a resource does not exist, whichever code the service uses for that. */
export const isNotFound = (error: unknown): boolean =>
  /NotFound(Error)?$|^NoSuch|^WAFNonexistentItem$/.test(codeOf(error));

/**
 * Whether a look-up by id failed because the id is malformed. EC2 has one code per kind of resource; other services have one
 * code for all.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 */
export const isMalformedId = (error: unknown): boolean =>
  /Malformed$|^(InvalidID|InvalidParameterValue|InvalidInput|ValidationError)$/.test(codeOf(error));

/** Whether AWS rejected the credentials: they have expired or are unknown, or the secret or this machine's clock is wrong. */
export const isRejectedCredentials = (error: unknown): boolean =>
  /^(ExpiredToken|RequestExpired|UnrecognizedClient|InvalidClientTokenId|SignatureDoesNotMatch|InvalidSignature)$/.test(
    codeOf(error),
  );

export const isAccessDenied = (error: unknown): boolean =>
  /^(AccessDenied|UnauthorizedOperation|AuthorizationError)/.test(codeOf(error));

/** Whether the endpoint does not support the operation: it answered 501, or with an error page. */
export const isUnimplemented = (error: unknown): boolean => {
  const { $metadata, name } = fields(error);
  return $metadata?.httpStatusCode === 501 || ($metadata?.httpStatusCode === 500 && name === 'SyntaxError');
};
