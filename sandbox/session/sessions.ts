/** The sessions of ECS Exec: each has one token, which one client may use once and soon, over a WebSocket on loopback. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { OpenedSession } from '../data-plane/data-plane.ts';
import { parsedObject } from './agent-channel.ts';
import { isSameSecret } from '../state/token.ts';

/** The path of the WebSocket of a session, in front of its id. */
const PATH = '/v1/data-channel/';
/** How long a session waits for its client, and a connection for its token, in milliseconds. */
const TOKEN_MS = 60_000;
const CONNECTION_MS = 10_000;
/** The maximum size of a message from a client, in bytes; clients send 1,024 bytes of input per message. */
const MAX_MESSAGE_BYTES = 256 * 1024;

/** Serves a session, once its client has shown the token. Resolves when the session is over. */
export type ServeSession = (sessionId: string, socket: WebSocket) => Promise<void>;

/** The open sessions of a sandbox. */
export interface Sessions {
  /** Opens a session. @param port the port of the sandbox's endpoint */
  open(port: number, serve: ServeSession): OpenedSession;
  /** Takes a request for a WebSocket; refuses it unless it belongs to a session that waits for its client. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Ends all sessions. */
  close(): Promise<void>;
}

/** @param reportError receives internal errors of the sandbox */
export function makeSessions(reportError: (error: unknown) => void): Sessions {
  const waiting = new Map<string, { readonly token: string; readonly serve: ServeSession }>();
  const running = new Set<Promise<void>>();
  const timers = new Set<NodeJS.Timeout>();
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });

  const after = (ms: number, act: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      act();
    }, ms);
    timers.add(timer);
    return () => {
      clearTimeout(timer);
      timers.delete(timer);
    };
  };

  /** Serves a connection whose first message has the token of its session. */
  function admit(sessionId: string, socket: WebSocket): void {
    socket.on('error', () => socket.terminate());
    const giveUp = after(CONNECTION_MS, () => socket.terminate());
    socket.once('message', (data: Buffer, isBinary) => {
      giveUp();
      const session = waiting.get(sessionId);
      // A session has one attempt: a token cannot be guessed, and is used once.
      waiting.delete(sessionId);
      const { TokenValue } = isBinary ? {} : parsedObject(data);
      if (!session || typeof TokenValue !== 'string' || !isSameSecret(TokenValue, session.token))
        return socket.close(4003, 'The token is not valid.');
      const served = session.serve(sessionId, socket).catch(reportError);
      running.add(served);
      void served.then(() => running.delete(served));
    });
  }

  return {
    open(port, serve) {
      const sessionId = `ecs-execute-command-${randomUUID().replaceAll('-', '')}`;
      const token = randomBytes(32).toString('base64url');
      waiting.set(sessionId, { token, serve });
      after(TOKEN_MS, () => waiting.delete(sessionId));
      return { sessionId, tokenValue: token, streamUrl: `ws://127.0.0.1:${port}${PATH}${sessionId}` };
    },
    upgrade(request, socket, head) {
      socket.on('error', () => socket.destroy());
      const sessionId = (request.url ?? '').split('?')[0]?.slice(PATH.length) ?? '';
      const isSession = request.url?.startsWith(PATH) === true && waiting.has(sessionId);
      if (isFromWebPage(request)) return refuse(socket, '403 Forbidden');
      if (!isSession) return refuse(socket, '404 Not Found');
      server.handleUpgrade(request, socket, head, (webSocket) => admit(sessionId, webSocket));
    },
    async close() {
      for (const timer of timers) clearTimeout(timer);
      waiting.clear();
      for (const client of server.clients) client.terminate();
      await Promise.all(running);
      server.close();
    },
  };
}

/** Browsers send the origin of the page with every WebSocket, and the host name that the page has used; other clients send neither. */
const isFromWebPage = ({ headers }: IncomingMessage): boolean =>
  headers.origin !== undefined || !/^(localhost|127(\.\d+){3})(:\d+)?$/i.test(headers.host ?? '');

const refuse = (socket: Duplex, status: string): void =>
  void socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
