/** Sends one request again and again over many connections, as quickly as it is answered, and counts the answers. */
import { connect, type Socket } from 'node:net';

export interface Load {
  readonly host: string;
  readonly port: number;
  /** The whole request, as it goes over the wire; its answers say how long they are. */
  readonly request: string;
  readonly connections: number;
  /** How long answers are counted. */
  readonly seconds: number;
}

/** Before this much of the time has passed nothing counts: connections are made, programs get warm. */
const WARM_UP = 0.2;

/**
 * Plain sockets, since HTTP clients take longer than what they are to measure.
 * @returns answers a second
 * @throws Error when an answer is none, or has another status than 2xx
 */
export function answersPerSecond(load: Load): Promise<number> {
  const { connections, seconds } = load;
  return new Promise((done, failed) => {
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
    const start = () => {
      const socket = openConnection(load, () => (count += 1), {
        closed: () => void (sockets.delete(socket), isOver || start()),
        failed: (error) => end(() => failed(error)),
      });
      sockets.add(socket);
    };
    for (let index = 0; index < connections; index += 1) start();
    timer = setTimeout(
      () => {
        const before = count;
        const from = performance.now();
        const tell = () => done(((count - before) / (performance.now() - from)) * 1000);
        timer = setTimeout(() => end(tell), seconds * 1000);
      },
      seconds * WARM_UP * 1000,
    );
  });
}

interface ConnectionEvents {
  /** The server wants a new connection for the next request. */
  readonly closed: () => void;
  readonly failed: (error: Error) => void;
}

/** One connection: the next request as soon as there is an answer. */
function openConnection({ host, port, request }: Load, answered: () => void, ends: ConnectionEvents): Socket {
  const socket = connect({ host, port, noDelay: true });
  let text = '';
  let left = 0;
  socket.setEncoding('latin1');
  socket.on('connect', () => socket.write(request));
  socket.on('data', (chunk) => {
    text += String(chunk);
    if (left === 0) {
      const head = text.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, head + 2))?.[1];
      if (!/^HTTP\/1\.\d 2\d\d/.test(text) || length === undefined) {
        return ends.failed(new Error(`unexpected answer: ${text.slice(0, 200)}`));
      }
      left = head + 4 + Number(length);
    }
    if (text.length < left) return;
    const closes = /\r\nconnection: *close/i.test(text.slice(0, left)) || text.startsWith('HTTP/1.0');
    text = text.slice(left);
    left = 0;
    answered();
    if (closes) socket.destroy();
    else socket.write(request);
  });
  socket.on('error', ends.failed);
  socket.on('close', () => ends.closed());
  return socket;
}
