/** Turns an error of AWS into a problem: one function a situation. */
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
import { NOTHING_TOUCHED, Problem, problem } from '../model/problem.ts';

/** What was going on. */
export interface Situation {
  /** In words, e.g. `creating natGateway`. */
  readonly doing: string;
  readonly region: string;
  /** Another endpoint than AWS's own. */
  readonly endpoint?: string;
  /** The command to continue with, e.g. `npm run provision`. */
  readonly command: string;
  /** Whether anything can have changed already. */
  readonly changing: boolean;
}

/** The problem that an error is. An error that is a problem already is returned as it is. */
export function explain(error: unknown, situation: Situation): Problem {
  if (error instanceof Problem) return error;
  if (isCredentials(error)) return noCredentials(error, situation);
  if (isRejectedCredentials(error)) return expired(error, situation);
  if (isUnreachable(error)) return unreachable(error, situation);
  if (isNotFromAws(error)) return foreign(error, situation);
  if (isAccessDenied(error)) return denied(error, situation);
  if (isQuota(error)) return quota(error, situation);
  if (isThrottle(error)) return throttled(error, situation);
  if (isServerError(error)) return broken(error, situation);
  if (hasResponse(error)) return refused(error, situation);
  return unexpected(error, situation);
}

const now = ({ changing }: Situation): string =>
  changing ? 'What was made so far is kept and recorded.' : NOTHING_TOUCHED;
const again = ({ command }: Situation): string => `${command}, to continue from here`;

const isCredentials = (error: unknown): boolean =>
  /Credentials(Provider)?Error$|TokenProviderError$/.test(codeOf(error)) ||
  /Could not load credentials/.test(messageOf(error));

const isUnreachable = (error: unknown): boolean =>
  !hasResponse(error) &&
  /ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ETIMEDOUT|ECONNRESET|EPIPE|E(HOST|NET)UNREACH|TimeoutError|getaddrinfo|socket hang up/.test(
    `${codeOf(error)} ${(error as { code?: string } | null)?.code ?? ''} ${messageOf(error)}`,
  );

const noCredentials = (cause: unknown, situation: Situation) =>
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

const expired = (cause: unknown, situation: Situation) =>
  problem('CREDENTIALS_EXPIRED', {
    what: `AWS does not accept the credentials (${codeOf(cause)}).`,
    why: messageOf(cause),
    now: now(situation),
    fix: [
      'Sign in again (aws sso login, or new keys); check that the clock of this machine is right.',
      again(situation),
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
      fix: ['Start what should listen there, or correct AWS_ENDPOINT_URL.', again(situation)],
      cause,
    });
  }
  return problem('REGION', {
    what: `AWS cannot be reached in ${region}.`,
    why: `${messageOf(cause)}: there is no such region, or this machine has no way to it.`,
    now: now(situation),
    fix: ['Check `region` in slipway.config.ts.', 'Check the network connection.', again(situation)],
    cause,
  });
}

const foreign = (cause: unknown, situation: Situation) =>
  problem('ENDPOINT', {
    what: `What answers at ${situation.endpoint ?? `AWS in ${situation.region}`} is not AWS.`,
    why: messageOf(cause),
    now: now(situation),
    fix: [
      situation.endpoint
        ? 'Correct AWS_ENDPOINT_URL.'
        : 'Check the network: a proxy or a sign-in page may answer instead.',
      again(situation),
    ],
    cause,
  });

const denied = (cause: unknown, situation: Situation) =>
  problem('ACCESS_DENIED', {
    what: `AWS denied ${situation.doing} (${codeOf(cause)}).`,
    why: messageOf(cause),
    now: now(situation),
    fix: ['Ask for the permission that the message names.', again(situation)],
    cause,
  });

const quota = (cause: unknown, situation: Situation) =>
  problem('QUOTA', {
    what: `A quota of the account stands in the way of ${situation.doing} (${codeOf(cause)}).`,
    why: messageOf(cause),
    now: now(situation),
    fix: [
      `Remove what is not needed in ${situation.region}, or ask for more under Service Quotas.`,
      again(situation),
    ],
    cause,
  });

const throttled = (cause: unknown, situation: Situation) =>
  problem('REFUSED', {
    what: `AWS kept throttling ${situation.doing} (${codeOf(cause)}).`,
    why: 'Something else in this account uses up the same rate limit.',
    now: now(situation),
    fix: ['Wait a minute.', again(situation)],
    cause,
  });

const broken = (cause: unknown, situation: Situation) =>
  problem('REFUSED', {
    what: `AWS itself failed during ${situation.doing} (${codeOf(cause)}).`,
    why: messageOf(cause),
    now: now(situation),
    fix: ['Wait a minute.', again(situation)],
    cause,
  });

const refused = (cause: unknown, situation: Situation) =>
  problem('REFUSED', {
    what: `AWS refused ${situation.doing} (${codeOf(cause)}).`,
    why: messageOf(cause),
    now: now(situation),
    fix: ['Remove the cause that the message names.', again(situation)],
    cause,
  });

const unexpected = (cause: unknown, situation: Situation) =>
  problem('UNEXPECTED', {
    what: `Something unexpected happened while ${situation.doing}.`,
    why: cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause),
    now: now(situation),
    fix: [again(situation), 'If it happens again, SLIPWAY_DEBUG=1 shows where; please report it.'],
    cause,
  });
