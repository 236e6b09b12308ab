/** Generates load: repeats one request over many connections as fast as the server responds, and counts the responses. */
import { connect, type Socket } from 'node:net';

/** The load to generate. */
export interface Load {
  readonly host: string;
  readonly port: number;
  /** The complete request, as it is sent. Responses must have a content-length. */
  readonly request: string;
  readonly connections: number;
  /** The duration of the measurement. */
  readonly seconds: number;
}

/** The duration of the warm-up, as a fraction of the measurement. Responses during the warm-up are not counted. */
const WARM_UP_FRACTION = 0.2;

/**
 * Measures responses per second, over plain sockets because an HTTP client would be slower than the server.
 * @returns responses per second
 * @throws Error when a response is not HTTP, has no content-length, or has a status other than 2xx
 */
export function responsesPerSecond(load: Load): Promise<number> {
  const { connections, seconds } = load;
  return new Promise((resolve, reject) => {
    const sockets = new Set<Socket>();
    let count = 0;
    let isOver = false;
    let timer: NodeJS.Timeout | undefined;
    const end = (finish: () => void) => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      for (const socket of sockets) socket.destroy();
      finish();
    };
    const addConnection = () => {
      const socket = openConnection(load, () => (count += 1), {
        onClosed: () => void (sockets.delete(socket), isOver || addConnection()),
        onFailed: (error) => end(() => reject(error)),
      });
      sockets.add(socket);
    };
    for (let index = 0; index < connections; index += 1) addConnection();
    timer = setTimeout(
      () => {
        const countBefore = count;
        const startTime = performance.now();
        const finish = () => resolve(((count - countBefore) / (performance.now() - startTime)) * 1000);
        timer = setTimeout(() => end(finish), seconds * 1000);
      },
      seconds * WARM_UP_FRACTION * 1000,
    );
  });
}

interface ConnectionEvents {
  /** Called when the connection has closed. The next request needs a new connection. */
  readonly onClosed: () => void;
  readonly onFailed: (error: Error) => void;
}

/** Opens a connection that sends the next request as soon as the previous one is answered. */
function openConnection(
  { host, port, request }: Load,
  onResponse: () => void,
  events: ConnectionEvents,
): Socket {
  const socket = connect({ host, port, noDelay: true });
  let text = '';
  let responseLength = 0;
  socket.setEncoding('latin1');
  socket.on('connect', () => socket.write(request));
  socket.on('data', (chunk) => {
    text += String(chunk);
    if (responseLength === 0) {
      const headEnd = text.indexOf('\r\n\r\n');
      if (headEnd < 0) return;
      const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, headEnd + 2))?.[1];
      if (!/^HTTP\/1\.\d 2\d\d/.test(text) || length === undefined) {
        return events.onFailed(new Error(`unexpected answer: ${text.slice(0, 200)}`));
      }
      responseLength = headEnd + 4 + Number(length);
    }
    if (text.length < responseLength) return;
    const willClose =
      /\r\nconnection: *close/i.test(text.slice(0, responseLength)) || text.startsWith('HTTP/1.0');
    text = text.slice(responseLength);
    responseLength = 0;
    onResponse();
    if (willClose) socket.destroy();
    else socket.write(request);
  });
  socket.on('error', events.onFailed);
  socket.on('close', () => events.onClosed());
  return socket;
}
