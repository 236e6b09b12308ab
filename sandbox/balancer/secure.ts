/** TLS of an HTTPS listener: certificates by server name, and the choice between HTTP/1.1 and HTTP/2. */
import type { Socket } from 'node:net';
import {
  createSecureContext,
  createServer,
  type SecureContext,
  type SecureVersion,
  type TLSSocket,
} from 'node:tls';
import type { ListenerCertificate, ListenerView, TlsView } from './view.ts';

/** Accepts connections with TLS. */
export interface SecureEntrance {
  /** Starts the handshake on a connection. */
  accept(socket: Socket): void;
}

/** The oldest version that the sandbox offers: OpenSSL 3 lacks the ciphers of TLS 1.0 and 1.1. */
const OLDEST_VERSION: SecureVersion = 'TLSv1.2';
/** How long a handshake may take, in milliseconds. */
const HANDSHAKE_TIMEOUT_MS = 10_000;

const contexts = new WeakMap<ListenerCertificate, SecureContext>();

/**
 * Makes an entrance.
 * @param view the world, read again for every connection
 * @param onConnection receives each connection after the handshake, with the protocol that was chosen
 */
export function makeSecureEntrance(
  view: ListenerView,
  onConnection: (socket: TLSSocket, protocol: 'h2' | 'http/1.1') => void,
): SecureEntrance {
  const server = createServer({
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    // Node refuses the connection if the client offers only other protocols.
    ALPNCallback: ({ protocols }) => {
      const isHttp2Enabled = view.attribute('routing.http2.enabled') !== 'false';
      if (isHttp2Enabled && protocols.includes('h2')) return 'h2';
      return protocols.find((protocol) => /^http\/1\.[01]$/.test(protocol));
    },
    SNICallback: (name, done) => {
      const tls = view.tls();
      const certificate = tls && certificateFor(tls, name);
      done(null, tls && certificate && contextOf(tls, certificate));
    },
  });
  server.on('secureConnection', (socket) =>
    onConnection(socket, socket.alpnProtocol === 'h2' ? 'h2' : 'http/1.1'),
  );
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  let current: { readonly certificate: ListenerCertificate; readonly policy: string } | undefined;
  return {
    accept(socket) {
      const tls = view.tls();
      const [first] = tls?.certificates ?? [];
      if (!tls || !first) return void socket.destroy();
      // The default context also determines the versions and the ciphers.
      const policy = [...tls.versions, ...tls.ciphers].join();
      if (first !== current?.certificate || policy !== current.policy)
        server.setSecureContext(optionsOf(tls, first));
      current = { certificate: first, policy };
      server.emit('connection', socket);
    },
  };
}

function optionsOf(tls: TlsView, { certificate, chain = '', privateKey }: ListenerCertificate) {
  const versions = tls.versions as readonly SecureVersion[];
  const [oldest = OLDEST_VERSION] = versions;
  return {
    cert: `${certificate}${chain}`,
    key: privateKey,
    minVersion: oldest < OLDEST_VERSION ? OLDEST_VERSION : oldest,
    maxVersion: versions.at(-1) ?? OLDEST_VERSION,
    ciphers: tls.ciphers.join(':'),
    honorCipherOrder: true,
  };
}

function contextOf(tls: TlsView, certificate: ListenerCertificate): SecureContext {
  const context = contexts.get(certificate) ?? createSecureContext(optionsOf(tls, certificate));
  contexts.set(certificate, context);
  return context;
}

/**
 * Returns the certificate for a server name: of several that cover the name, the one that expires last.
 * @returns undefined if none covers the name; then the default certificate is used
 */
function certificateFor({ certificates }: TlsView, serverName: string): ListenerCertificate | undefined {
  const name = serverName.toLowerCase();
  const wildcard = name.replace(/^[^.]+/, '*');
  return certificates
    .filter(({ names }) => names.includes(name) || names.includes(wildcard))
    .reduce<ListenerCertificate | undefined>(
      (best, other) => (best && best.notAfter >= other.notAfter ? best : other),
      undefined,
    );
}
