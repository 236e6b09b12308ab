/** Identifies the program on a port: the user's own sandbox proves itself, and any other program receives nothing but a challenge. */
import { randomBytes } from 'node:crypto';
import { get, type IncomingMessage } from 'node:http';
import { isAbsolute } from 'node:path';
import {
  authorizationOf,
  CHALLENGE_HEADER,
  isSameSecret,
  PROOF_HEADER,
  proofOf,
  readToken,
} from './state/token.ts';

/** The response of `GET /_sandbox/about`. */
export interface SandboxAbout {
  readonly sandbox: string;
  readonly pid: number;
  readonly folder: string;
  readonly background: boolean;
  /** Whether it is shutting down: it still answers, and its process ends soon. */
  readonly closing?: boolean;
  readonly limits?: number;
  /** What the user should know about this sandbox, e.g. that it runs as root. */
  readonly warnings?: readonly string[];
  /** What the sandbox cannot enforce about containers on its machine, and why. */
  readonly limitations?: readonly string[];
}

/** A sandbox that has proven that it knows the token in a file of this user. */
export interface ProvenSandbox {
  readonly about: SandboxAbout;
  /** The Authorization header for its admin API. */
  readonly authorization: string;
}

/** The program on a port: a proven sandbox, or the reason why it is not one. */
export type Identity =
  | ProvenSandbox
  /** No program listens. */
  | 'nothing'
  /** The program does not answer like a sandbox. */
  | 'other'
  /** A sandbox whose token belongs to another user. */
  | 'another user'
  /** A program that answers like a sandbox and does not know the token. */
  | 'unproven';

/** The reasons why the program on a port is not the user's own sandbox. They never repeat what that program sent. */
export const reasonNotToUse = {
  other: 'is in use by something that is not a sandbox',
  'another user': 'is in use by a sandbox of another user',
  unproven:
    'is in use by a program that answers like a sandbox but cannot prove that it is yours: it does not know the token in the folder that it names',
} as const;

const TIMEOUT_MS = 5000;
/** The maximum size of a response: an unknown program may send any amount. */
const MAX_BYTES = 64 * 1024;

/**
 * Identifies the program on a port of 127.0.0.1.
 * @throws the reason of the signal when it is aborted
 */
export async function identify(port: number, signal?: AbortSignal): Promise<Identity> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const challenge = randomBytes(32).toString('hex');
  try {
    const response = await request(
      `http://127.0.0.1:${port}/_sandbox/about`,
      { [CHALLENGE_HEADER]: challenge },
      signal ? AbortSignal.any([signal, timeout]) : timeout,
    );
    const body = await readBody(response);
    const about = JSON.parse(body) as Partial<SandboxAbout> | null;
    if (about?.sandbox !== 'slipway' || !isAbsolute(String(about.folder))) return 'other';
    const found = await readToken(String(about.folder));
    if (found === 'another user') return found;
    const proof = String(response.headers[PROOF_HEADER] ?? '');
    if (found === 'missing' || !isSameSecret(proof, proofOf(found.token, port, challenge, body)))
      return 'unproven';
    return { about: about as SandboxAbout, authorization: authorizationOf(found.token) };
  } catch (error) {
    signal?.throwIfAborted();
    return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED' ? 'nothing' : 'other';
  }
}

/**
 * Sends a GET request without fetch. If a server closes the connection before the request arrives, fetch never settles,
 * and this process may end during the wait.
 */
const request = (
  url: string,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => get(url, { agent: false, headers, signal }, resolve).on('error', reject));

/** @throws Error when the body is too large */
async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new Error('the response is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
