/** Repeats reads from a registry whose errors may clear up, and words the errors that remain. */
import { messageOf } from '../aws/errors.ts';
import type { Clock } from '../model/clock.ts';
import { isProblem } from '../model/problem.ts';
import { UnusableBase } from './base-manifest.ts';
import { DigestMismatch } from './blob-cache.ts';
import type { BaseRefusal } from './image-problems.ts';
import type { ImageReference } from './reference.ts';
import { credentialsFor } from './registry-credentials.ts';
import { StalledRegistry, type RegistryAnswer } from './registry-answer.ts';
import { openRepository } from './registry-session.ts';

/** The delays before the second and the third attempt, milliseconds. */
const DELAYS_MS = [500, 2000];
/** How long a registry may send nothing, milliseconds. */
const TIMEOUT_MS = 30_000;
/** The codes of connections that were lost; those of undici start with `UND_ERR_`. */
const LOST = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT']);
/** The number of characters that are shown of a registry's own words. */
const MAX_MESSAGE_LENGTH = 200;

/** A response of a registry that refuses a request. Its message is a clause without a full stop. */
class RegistryRefusal extends Error {
  readonly status: number;

  constructor(host: string, status: number, body: string) {
    const said = messageIn(body);
    super(status === 404 ? `${host} does not have it` : `${host} answers ${status}${said && `: ${said}`}`);
    this.name = 'RegistryRefusal';
    this.status = status;
  }
}

/**
 * Makes a function that reads from a repository. A read starts again after a network error, a server error, a request to slow
 * down, and damaged bytes.
 * @returns a function that passes a successful response to `use` and returns its result
 */
export function readerWithRetries(
  reference: ImageReference,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): <T>(path: string, accept: string, use: (answer: RegistryAnswer) => Promise<T>) => Promise<T> {
  const read = openRepository(reference, {
    signal,
    timeoutMs: TIMEOUT_MS,
    credentials: () => credentialsFor(reference.host),
  });
  return async (path, accept, use) => {
    for (let attempt = 0; ; attempt += 1) {
      try {
        const answer = await read(path, accept);
        if (answer.status === 200) return await use(answer);
        throw new RegistryRefusal(reference.host, answer.status, await answer.text());
      } catch (error) {
        const delayMs = DELAYS_MS[attempt];
        if (delayMs === undefined || signal.aborted || !mayClearUp(error)) throw error;
        await clock.sleep(delayMs, signal);
      }
    }
  };
}

function mayClearUp(error: unknown): boolean {
  if (error instanceof RegistryRefusal) return error.status >= 500 || error.status === 429;
  if (error instanceof DigestMismatch) return true;
  // A host that does not exist, or at which nothing listens, is not asked again: another registry may have the image.
  const { code } = (causeOf(error) ?? {}) as { readonly code?: unknown };
  return typeof code === 'string' && (LOST.has(code) || code.startsWith('UND_ERR_'));
}

/** Returns the cause of an error of fetch, whose own message says only that it failed; other errors are their own cause. */
const causeOf = (error: unknown): unknown =>
  error instanceof Error && error.name === 'TypeError' ? (error.cause ?? error) : error;

/** Words an error for a problem. @throws the error itself, if it is a problem already */
export function refusalOf(reference: string, error: unknown): BaseRefusal {
  if (isProblem(error, 'DISK_FULL') || isProblem(error, 'CACHE_FOLDER')) throw error;
  const cause = causeOf(error);
  const isClause =
    error instanceof RegistryRefusal || error instanceof UnusableBase || cause instanceof StalledRegistry;
  const why = isClause ? messageOf(cause) : `it cannot be reached: ${messageOf(cause)}`;
  return { reference, why: why.replace(/\.$/, ''), cause: error };
}

/** Returns the message in the body of a refusal, on one line, or an empty string if the body has no message. */
function messageIn(body: string): string {
  try {
    const { errors } = JSON.parse(body) as { errors?: { message?: unknown }[] };
    const message = errors?.[0]?.message;
    if (typeof message !== 'string') return '';
    return message
      .replace(/[\s\p{C}]+/gu, ' ')
      .trim()
      .slice(0, MAX_MESSAGE_LENGTH);
  } catch {
    return '';
  }
}
