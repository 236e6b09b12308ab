/** Explains errors of AWS calls as problems: one function per kind of error. */
import {
  codeOf,
  isAccessDenied,
  hasErrorResponse,
  isRejectedCredentials,
  isNotFromAws,
  isQuota,
  isServerError,
  isThrottle,
  messageOf,
} from './errors.ts';
import {
  NOTHING_CHANGED,
  nowAfter,
  Problem,
  problem,
  type ProblemCode,
  type ProblemParts,
} from '../model/problem.ts';

/** The circumstances of a failed call. */
export interface Situation {
  /** What the run was doing, e.g. `the natGateway step`. */
  readonly doing: string;
  readonly region: string;
  /** An endpoint other than AWS. */
  readonly endpoint?: string;
  /** The command to continue with, e.g. `npm run provision`. */
  readonly command: string;
  /** Whether the run may have changed something already. */
  readonly mayHaveChanged: boolean;
}

/** Returns the problem that explains an error. An error that is already a problem is returned unchanged. */
export function explain(error: unknown, situation: Situation): Problem {
  if (error instanceof Problem) return error;
  if (isMissingCredentials(error)) return missingCredentials(error, situation);
  if (isRejectedCredentials(error)) return rejectedCredentials(error, situation);
  if (isUnreachable(error)) return unreachable(error, situation);
  if (isNotFromAws(error)) return notFromAws(error, situation);
  if (isAccessDenied(error)) return denied(error, situation);
  if (isQuota(error)) return quotaReached(error, situation);
  if (isThrottle(error)) return throttled(error, situation);
  if (isServerError(error)) return serverError(error, situation);
  if (hasErrorResponse(error)) return refused(error, situation);
  return unexpected(error, situation);
}

const toContinue = ({ command }: Situation): string => `${command}, to continue from here`;

const isMissingCredentials = (error: unknown): boolean =>
  /Credentials(Provider)?Error$|TokenProviderError$/.test(codeOf(error)) ||
  /Could not load credentials/.test(messageOf(error));

/** Whether no server answered a call. */
export const isUnreachable = (error: unknown): boolean =>
  !hasErrorResponse(error) &&
  /ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ETIMEDOUT|ECONNRESET|EPIPE|E(HOST|NET)UNREACH|TimeoutError|getaddrinfo|socket hang up/.test(
    `${codeOf(error)} ${(error as { code?: string } | null)?.code ?? ''} ${messageOf(error)}`,
  );

/** Whether a failed call may succeed later without any change: AWS throttled it, failed itself, or could not be reached. */
export const isTemporary = (error: unknown): boolean =>
  isThrottle(error) || isServerError(error) || isUnreachable(error);

/** Makes the problem of a failed call. By default, its `why` is AWS's message. */
const explained = (
  code: ProblemCode,
  cause: unknown,
  { mayHaveChanged, command }: Situation,
  {
    why = messageOf(cause),
    ...parts
  }: Pick<ProblemParts, 'what' | 'fix'> & Partial<Pick<ProblemParts, 'why'>>,
): Problem =>
  problem(code, {
    ...parts,
    why,
    now: mayHaveChanged ? nowAfter(command) : NOTHING_CHANGED,
    cause,
  });

const missingCredentials = (cause: unknown, situation: Situation) =>
  explained('CREDENTIALS', cause, situation, {
    what: 'There are no AWS credentials.',
    fix: [
      'aws configure sso, or export AWS_PROFILE=…, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
      'or leave out --target aws: the sandbox needs no account',
    ],
  });

const rejectedCredentials = (cause: unknown, situation: Situation) =>
  explained('CREDENTIALS_EXPIRED', cause, situation, {
    what: `AWS does not accept the credentials (${codeOf(cause)}).`,
    fix: [
      'Sign in again (aws sso login, or new keys); check that the clock of this machine is right.',
      toContinue(situation),
    ],
  });

function unreachable(cause: unknown, situation: Situation): Problem {
  const { region, endpoint } = situation;
  if (endpoint) {
    return explained('ENDPOINT', cause, situation, {
      what: `Nothing answers at ${endpoint}.`,
      fix: ['Start the server that should listen there, or correct AWS_ENDPOINT_URL.', toContinue(situation)],
    });
  }
  return explained('REGION', cause, situation, {
    what: `AWS cannot be reached in ${region}.`,
    why: `${messageOf(cause)}: there is no such region, or this machine cannot reach it.`,
    fix: ['Check `region` in slipway.config.ts.', 'Check the network connection.', toContinue(situation)],
  });
}

const notFromAws = (cause: unknown, situation: Situation) =>
  explained('ENDPOINT', cause, situation, {
    what: situation.endpoint
      ? `The server at ${situation.endpoint} is not AWS.`
      : `Something other than AWS answered a call to ${situation.region}.`,
    fix: [
      situation.endpoint
        ? 'Correct AWS_ENDPOINT_URL.'
        : 'Check the network: a proxy or a sign-in page may be answering instead.',
      toContinue(situation),
    ],
  });

const denied = (cause: unknown, situation: Situation) =>
  explained('ACCESS_DENIED', cause, situation, {
    what: `AWS denied a call during ${situation.doing} (${codeOf(cause)}).`,
    fix: ['Request the permission that the message names.', toContinue(situation)],
  });

const quotaReached = (cause: unknown, situation: Situation) =>
  explained('QUOTA', cause, situation, {
    what: `A quota of the account was reached during ${situation.doing} (${codeOf(cause)}).`,
    fix: [
      `Remove what is not needed in ${situation.region}, or request an increase under Service Quotas.`,
      toContinue(situation),
    ],
  });

const throttled = (cause: unknown, situation: Situation) =>
  explained('REFUSED', cause, situation, {
    what: `AWS kept throttling a call during ${situation.doing} (${codeOf(cause)}).`,
    why: 'Something else in this account is using up the same rate limit.',
    fix: ['Wait a minute.', toContinue(situation)],
  });

const serverError = (cause: unknown, situation: Situation) =>
  explained('REFUSED', cause, situation, {
    what: `AWS itself failed during ${situation.doing} (${codeOf(cause)}).`,
    fix: ['Wait a minute.', toContinue(situation)],
  });

const refused = (cause: unknown, situation: Situation) =>
  explained('REFUSED', cause, situation, {
    what: `AWS refused a call during ${situation.doing} (${codeOf(cause)}).`,
    fix: ['Remove the cause that the message names.', toContinue(situation)],
  });

const unexpected = (cause: unknown, situation: Situation) =>
  explained('UNEXPECTED', cause, situation, {
    what: `Something unexpected happened during ${situation.doing}.`,
    why: cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause),
    fix: [toContinue(situation), 'If it happens again, SLIPWAY_DEBUG=1 shows where; please report it.'],
  });
