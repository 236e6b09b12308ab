/** Explains errors of AWS calls as problems: one function per kind of error. */
import {
  codeOf,
  isAccessDenied,
  hasResponse,
  isRejectedCredentials,
  isNotFromAws,
  isQuota,
  isServerError,
  isThrottle,
  messageOf,
} from './errors.ts';
import { NOTHING_CHANGED, Problem, problem } from '../model/problem.ts';

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
  readonly changing: boolean;
}

/** Returns the problem that explains an error; an error that is already a problem is returned as it is. */
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
  if (hasResponse(error)) return refused(error, situation);
  return unexpected(error, situation);
}

const now = ({ changing }: Situation): string =>
  changing ? 'Everything created so far is kept and recorded.' : NOTHING_CHANGED;
const toContinue = ({ command }: Situation): string => `${command}, to continue from here`;

const isMissingCredentials = (error: unknown): boolean =>
  /Credentials(Provider)?Error$|TokenProviderError$/.test(codeOf(error)) ||
  /Could not load credentials/.test(messageOf(error));

const isUnreachable = (error: unknown): boolean =>
  !hasResponse(error) &&
  /ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ETIMEDOUT|ECONNRESET|EPIPE|E(HOST|NET)UNREACH|TimeoutError|getaddrinfo|socket hang up/.test(
    `${codeOf(error)} ${(error as { code?: string } | null)?.code ?? ''} ${messageOf(error)}`,
  );

const missingCredentials = (cause: unknown, situation: Situation) =>
  problem('CREDENTIALS', {
    what: 'There are no AWS credentials.',
    why: messageOf(cause),
    now: now(situation),
    fix: [
      'aws configure sso, or export AWS_PROFILE=…, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
      'or leave out --target aws: the sandbox needs no account',
    ],
    cause,
  });

const rejectedCredentials = (cause: unknown, situation: Situation) =>
  problem('CREDENTIALS_EXPIRED', {
    what: `AWS does not accept the credentials (${codeOf(cause)}).`,
    why: messageOf(cause),
    now: now(situation),
    fix: [
      'Sign in again (aws sso login, or new keys); check that the clock of this machine is right.',
      toContinue(situation),
    ],
    cause,
  });

function unreachable(cause: unknown, situation: Situation): Problem {
  const { region, endpoint } = situation;
  if (endpoint) {
    return problem('ENDPOINT', {
      what: `Nothing answers at ${endpoint}.`,
      why: messageOf(cause),
      now: now(situation),
      fix: ['Start the server that should listen there, or correct AWS_ENDPOINT_URL.', toContinue(situation)],
      cause,
    });
  }
  return problem('REGION', {
    what: `AWS cannot be reached in ${region}.`,
    why: `${messageOf(cause)}: there is no such region, or this machine cannot reach it.`,
    now: now(situation),
    fix: ['Check `region` in slipway.config.ts.', 'Check the network connection.', toContinue(situation)],
    cause,
  });
}

const notFromAws = (cause: unknown, situation: Situation) =>
  problem('ENDPOINT', {
    what: situation.endpoint
      ? `The server at ${situation.endpoint} is not AWS.`
      : `Something other than AWS answered a call to ${situation.region}.`,
    why: messageOf(cause),
    now: now(situation),
    fix: [
      situation.endpoint
        ? 'Correct AWS_ENDPOINT_URL.'
        : 'Check the network: a proxy or a sign-in page may be answering instead.',
      toContinue(situation),
    ],
    cause,
  });

const denied = (cause: unknown, situation: Situation) =>
  problem('ACCESS_DENIED', {
    what: `AWS denied a call during ${situation.doing} (${codeOf(cause)}).`,
    why: messageOf(cause),
    now: now(situation),
    fix: ['Request the permission that the message names.', toContinue(situation)],
    cause,
  });

const quotaReached = (cause: unknown, situation: Situation) =>
  problem('QUOTA', {
    what: `A quota of the account was reached during ${situation.doing} (${codeOf(cause)}).`,
    why: messageOf(cause),
    now: now(situation),
    fix: [
      `Remove what is not needed in ${situation.region}, or request an increase under Service Quotas.`,
      toContinue(situation),
    ],
    cause,
  });

const throttled = (cause: unknown, situation: Situation) =>
  problem('REFUSED', {
    what: `AWS kept throttling a call during ${situation.doing} (${codeOf(cause)}).`,
    why: 'Something else in this account is using up the same rate limit.',
    now: now(situation),
    fix: ['Wait a minute.', toContinue(situation)],
    cause,
  });

const serverError = (cause: unknown, situation: Situation) =>
  problem('REFUSED', {
    what: `AWS itself failed during ${situation.doing} (${codeOf(cause)}).`,
    why: messageOf(cause),
    now: now(situation),
    fix: ['Wait a minute.', toContinue(situation)],
    cause,
  });

const refused = (cause: unknown, situation: Situation) =>
  problem('REFUSED', {
    what: `AWS refused a call during ${situation.doing} (${codeOf(cause)}).`,
    why: messageOf(cause),
    now: now(situation),
    fix: ['Remove the cause that the message names.', toContinue(situation)],
    cause,
  });

const unexpected = (cause: unknown, situation: Situation) =>
  problem('UNEXPECTED', {
    what: `Something unexpected happened during ${situation.doing}.`,
    why: cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause),
    now: now(situation),
    fix: [toContinue(situation), 'If it happens again, SLIPWAY_DEBUG=1 shows where; please report it.'],
    cause,
  });
