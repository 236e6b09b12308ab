/** Protects the admin API: proves to clients that the sandbox knows its token, and requires clients to know the token. */
import type { WireRequest, WireResponse } from '../protocol/wire.ts';
import { authorizationOf, CHALLENGE_HEADER, isSameSecret, PROOF_HEADER, proofOf } from '../state/token.ts';

/** Serves an admin page; returns undefined when the page does not exist. */
export type AdminHandler = (request: WireRequest) => Promise<WireResponse | undefined>;

/** The page that every client may read: it names the folder of the token. */
const OPEN_PAGE = 'GET /_sandbox/about';
/** The form of a challenge. Its length is bounded, since any client can send one. */
const CHALLENGE = /^[0-9a-f]{32,128}$/;

/**
 * Requires the token for every page except `about`, whose response carries the proof for the client's challenge.
 * @param token undefined for a sandbox inside a test's process, whose pages are open
 * @param port the port on which the sandbox listens
 */
export function requireToken(
  handler: AdminHandler,
  token: string | undefined,
  port: () => number,
): AdminHandler {
  if (token === undefined) return handler;
  return async (request) => {
    const { method, path, headers } = request;
    if (`${method} ${path}` !== OPEN_PAGE)
      return isSameSecret(headers['authorization'] ?? '', authorizationOf(token))
        ? handler(request)
        : unauthorized();
    const response = await handler(request);
    const challenge = headers[CHALLENGE_HEADER] ?? '';
    if (!response || !CHALLENGE.test(challenge)) return response;
    const proof = proofOf(token, port(), challenge, response.body);
    return { ...response, headers: { ...response.headers, [PROOF_HEADER]: proof } };
  };
}

const unauthorized = (): WireResponse => ({
  status: 401,
  headers: { 'content-type': 'text/plain', 'www-authenticate': 'Bearer' },
  body: 'This page needs the header in the file "authorization" of the sandbox\'s folder: curl -H @.slipway/sandbox/authorization\n',
});
