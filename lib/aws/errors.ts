/** AWS's errors by their wire code: the SDK's `name` differs from it for some services. */

/** What an error of the SDK carries, as far as we read it. */
interface Fields {
  readonly name?: string;
  readonly Code?: string;
  readonly code?: string;
  readonly message?: string;
  /** Of an `AggregateError`. */
  readonly errors?: readonly unknown[];
  readonly $metadata?: { readonly httpStatusCode?: number; readonly clockSkewCorrected?: boolean };
  readonly $response?: { readonly statusCode?: number };
}
const fields = (error: unknown): Fields => (typeof error === 'object' && error !== null ? error : {});

/**
 * The wire code of an AWS error, e.g. `LoadBalancerNotFound` or `InvalidVpcID.NotFound`, without the `Exception` that
 * some services append; the name of any other error.
 */
export function codeOf(error: unknown): string {
  const { Code, name, code } = fields(error);
  return (Code ?? (name === 'Error' ? code : name) ?? 'Unknown').replace(/Exception$/, '');
}

/** What an error says. When no address of a name answers, Node's error says nothing, but the errors in it do. */
export function messageOf(error: unknown): string {
  const { message = String(error), errors = [] } = fields(error);
  return plain(message) || errors.map(messageOf).join('; ') || codeOf(error);
}

/** What the SDK adds to the error of an answer that it cannot read: advice to programmers. */
const UNREAD = /\s*Deserialization error: [^]*$/;

/** The SDK's messages that are its own, in words for people. */
const plain = (message: string): string =>
  message
    .replace(UNREAD, '')
    .replace(
      /^@smithy\/node-http-handler - the request socket timed out after (\d+) ms of inactivity.*$/,
      (_, ms) => `nothing came for ${Number(ms) / 1000} s`,
    )
    .replace(
      /^@smithy\/node-http-handler - the request socket did not establish .* timeout of (\d+) ms\.$/,
      (_, ms) => `there was no connection within ${Number(ms) / 1000} s`,
    );

/** Whether AWS answered with this code (compared without `Exception`). */
export const isCode = (error: unknown, ...codes: readonly string[]): boolean => codes.includes(codeOf(error));

/** Whether AWS answered that it failed itself; 501 says that there is no such operation, and will say so again. */
export const isServerError = (error: unknown): boolean => {
  const status = fields(error).$metadata?.httpStatusCode ?? 0;
  return status >= 500 && status !== 501;
};

/**
 * Whether AWS itself answered: otherwise nothing is known about the effect of the call. An error with a good status is
 * an answer that broke off or cannot be read, and the call has had its effect.
 */
export const hasResponse = (error: unknown): boolean =>
  (fields(error).$metadata?.httpStatusCode ?? 0) >= REDIRECT;

const REDIRECT = 300;

/** Whether what answered is not what AWS answers with: a page for people, for example. */
export const isNotFromAws = (error: unknown): boolean =>
  UNREAD.test(fields(error).message ?? '') && !isServerError(error);

/** Whether the call may have had its effect although it failed: no answer, or a server error. */
export function isAmbiguous(error: unknown): boolean {
  if (!isNetworkOrService(error)) return false;
  return !hasResponse(error) || (isServerError(error) && !isThrottle(error));
}

/** Whether the same call may well get its answer the next time: none came, AWS failed, or the clock was put right. */
export const isTransient = (error: unknown): boolean =>
  (isAmbiguous(error) && !isUnimplemented(error) && !isQuota(error)) ||
  fields(error).$metadata?.clockSkewCorrected === true;

/** A programming mistake or a credentials failure never reached AWS. */
const isNetworkOrService = (error: unknown): boolean => {
  if (error instanceof TypeError || error instanceof RangeError) return false;
  return !/Credentials|TokenProvider|Abort/.test(codeOf(error));
};

const THROTTLES = new Set([
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
export const isThrottle = (error: unknown): boolean => THROTTLES.has(codeOf(error));

/** A quota: a limit that is no throttle, or too many of something. Permanent until someone raises it. */
export const isQuota = (error: unknown): boolean =>
  !isThrottle(error) && /(Limits?Exceeded|QuotaExceeded|^TooMany\w+)$/.test(codeOf(error));

/** Everything that says «it is not there», in all the services' spellings. */
export const isNotFound = (error: unknown): boolean => /NotFound$|^NoSuch/.test(codeOf(error));

/**
 * Everything that says «that is no id» of a look by an id: EC2 has a code for each kind, the others one for all.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 */
export const isMalformedId = (error: unknown): boolean =>
  /Malformed$|^(InvalidID|InvalidParameterValue|InvalidInput|ValidationError)$/.test(codeOf(error));

/** Credentials that AWS does not take: expired, unknown, or with a secret or a clock that does not fit. */
export const isRejectedCredentials = (error: unknown): boolean =>
  /^(ExpiredToken|RequestExpired|UnrecognizedClient|InvalidClientTokenId|SignatureDoesNotMatch|InvalidSignature)$/.test(
    codeOf(error),
  );

export const isAccessDenied = (error: unknown): boolean =>
  /^(AccessDenied|UnauthorizedOperation|AuthorizationError)/.test(codeOf(error));

/** Whether an endpoint does not have the operation: 501, or an error page where the protocol's answer should be. */
export const isUnimplemented = (error: unknown): boolean => {
  const { $metadata, name } = fields(error);
  return $metadata?.httpStatusCode === 501 || ($metadata?.httpStatusCode === 500 && name === 'SyntaxError');
};
