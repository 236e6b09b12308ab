/** The cookies of the load balancer: encrypted, so that clients can neither read nor change them. */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import type { HeaderField } from './headers.ts';

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** How long clients keep the cookies: seven days, whatever the duration of the stickiness. */
const COOKIE_AGE_MS = 7 * 24 * 60 * 60 * 1000;

/** Returns the attributes of a cookie that is set at a time, in milliseconds since 1970. */
export const cookieAttributes = (now: number): string =>
  `Expires=${new Date(now + COOKIE_AGE_MS).toUTCString()}; Path=/`;

/** Browsers accept `SameSite=None` only together with `Secure`, which cookies over HTTP cannot have. */
export const corsAttributes = (isSecure: boolean): string =>
  isSecure ? 'SameSite=None; Secure' : 'SameSite=None';

/** Returns the cookies of a request by name. */
export function cookiesIn(headers: readonly HeaderField[]): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>();
  for (const [name, value] of headers) {
    if (name.toLowerCase() !== 'cookie') continue;
    for (const pair of value.split(';')) {
      const at = pair.indexOf('=');
      if (at > 0) cookies.set(pair.slice(0, at).trim(), pair.slice(at + 1).trim());
    }
  }
  return cookies;
}

const keyOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** Returns the value of a cookie with a content. */
export function seal(secret: string, content: unknown): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, keyOf(secret), iv);
  const encrypted = Buffer.concat([cipher.update(JSON.stringify(content)), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), encrypted]).toString('base64');
}

/** Returns the content of a cookie; undefined if the cookie is missing, or is not from this load balancer. */
export function unseal(secret: string, value: string | undefined): unknown {
  if (value === undefined) return undefined;
  try {
    const bytes = Buffer.from(value, 'base64');
    const decipher = createDecipheriv(CIPHER, keyOf(secret), bytes.subarray(0, IV_BYTES));
    decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    const content = decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES));
    return JSON.parse(Buffer.concat([content, decipher.final()]).toString()) as unknown;
  } catch {
    return undefined;
  }
}
