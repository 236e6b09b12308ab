/** The token of a sandbox: a private file in its folder, with which the sandbox and its clients recognise each other. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { constants } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';

/** The header with which a client challenges a sandbox: random hexadecimal digits. */
export const CHALLENGE_HEADER = 'slipway-challenge';
/** The header with which a sandbox proves that it knows the token. */
export const PROOF_HEADER = 'slipway-proof';

const TOKEN_FILE = 'token';
const AUTHORIZATION_FILE = 'authorization';
const TOKEN = /^[0-9a-f]{64}$/;

/**
 * Returns the proof that the sender of a response knows the token. The proof covers the port, so that another program
 * cannot pass a challenge on to the real sandbox on another port and use the answer.
 */
export const proofOf = (token: string, port: number, challenge: string, body: string | Uint8Array): string =>
  createHmac('sha256', token).update(`sandbox\n${port}\n${challenge}\n`).update(body).digest('hex');

/**
 * Returns the Authorization header for the admin API. It is derived from the token and does not reveal it: a program that
 * received the header by mistake could not pass itself off as the sandbox.
 */
export const authorizationOf = (token: string): string =>
  `Bearer ${createHmac('sha256', token).update('client').digest('hex')}`;

/** Returns the token in the address of the page in a browser. It reveals neither the token nor the header. */
export const pageTokenOf = (token: string): string =>
  createHmac('sha256', token).update('page').digest('base64url').slice(0, 32);

/** Compares two secrets in a time that does not depend on their contents. */
export const isSameSecret = (one: string, other: string): boolean => {
  const digest = (text: string) => createHmac('sha256', 'compare').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
};

/**
 * Writes a new token into a folder, and the header for `curl -H @FILE` next to it. Each start of a sandbox makes a new
 * token, so a header that leaked earlier is worthless.
 * @param folder the folder of a sandbox, which this process has claimed
 */
export async function writeToken(folder: string): Promise<string> {
  const token = randomBytes(32).toString('hex');
  const write = (name: string, text: string) =>
    writeFileAtomic(join(folder, name), text, { mode: 0o600, fsync: false });
  await write(AUTHORIZATION_FILE, `Authorization: ${authorizationOf(token)}\n`);
  await write(TOKEN_FILE, `${token}\n`);
  return token;
}

/** Removes the token of a sandbox that has stopped. */
export async function removeToken(folder: string): Promise<void> {
  for (const name of [TOKEN_FILE, AUTHORIZATION_FILE]) await rm(join(folder, name), { force: true });
}

/**
 * Reads the token in a folder that an unproven program named. Only a regular file of the given user counts, because another
 * user could know the contents of any other file.
 * @param folder an absolute path
 * @param user the user ID; undefined on a system without user IDs
 * @returns `another user` when the file belongs to another user, and `missing` when there is no token
 */
export async function readToken(
  folder: string,
  user = process.getuid?.(),
): Promise<{ token: string } | 'another user' | 'missing'> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  try {
    const file = await open(join(folder, TOKEN_FILE), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      const stats = await file.stat();
      if (!stats.isFile()) return 'missing';
      if (user !== undefined && stats.uid !== user) return 'another user';
      const { buffer, bytesRead } = await file.read(Buffer.alloc(100), 0, 100, 0);
      const token = buffer.toString('utf8', 0, bytesRead).trim();
      return TOKEN.test(token) ? { token } : 'missing';
    } finally {
      await file.close();
    }
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' ? 'another user' : 'missing';
  }
}
