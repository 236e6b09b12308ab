/** Connects this machine to the network namespace of a container: its listeners get free ports of 127.0.0.1, as those of Node do. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { connect, createServer, Socket, type Server } from 'node:net';
import { fileURLToPath } from 'node:url';
import { portsFolder } from './ports.ts';

const FORWARDER = fileURLToPath(new URL('./oci-forwarder.cjs', import.meta.url));

interface ListenerRecords {
  record(
    folder: string,
    listener: { container: string; port: number; address: string; realPort: number },
    isListening: (port: number) => boolean,
  ): string | undefined;
  remove(file: string): void;
}
const records = createRequire(import.meta.url)('./listener-records.cjs') as ListenerRecords;

/** A place in the namespace where a program listens. */
interface Listener {
  readonly address: string;
  readonly port: number;
}

/** The connection to a namespace. */
export interface NetworkBridge {
  close(): void;
}

export interface NetworkSettings {
  /** The container's name in its task definition. */
  readonly name: string;
  readonly taskDirectory: string;
  readonly privateIp: string;
  /** The first process of the container. */
  readonly pid: number;
  /** Whether the container has a user namespace. */
  readonly isRootless: boolean;
}

/**
 * Records the listeners of a container for as long as it runs, and forwards connections to them. The container reaches the listeners
 * of the task's other containers at the same addresses as they do. The private address of the task is an address of the container's
 * loopback interface, if this machine has the program `ip`.
 */
export function bridgeNetwork({
  name,
  taskDirectory,
  privateIp,
  pid,
  isRootless,
}: NetworkSettings): NetworkBridge {
  const folder = portsFolder(taskDirectory);
  const enter = ['-t', String(pid), '-n', ...(isRootless ? ['-U', '--preserve-credentials'] : []), '--'];
  const address = spawn('nsenter', [...enter, 'ip', 'address', 'add', `${privateIp}/32`, 'dev', 'lo'], {
    stdio: 'ignore',
  });
  address.on('error', () => undefined);
  const forwarder = spawn('nsenter', [...enter, process.execPath, FORWARDER, folder, name], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: { PATH: process.env.PATH },
  });
  const open = new Map<string, { readonly listener: Listener; readonly file: string }>();
  const keyOf = ({ address, port }: Listener) => `${address} ${port}`;
  let isClosed = false;

  async function add(listener: Listener): Promise<void> {
    const server = await listenAnywhere();
    const { port: realPort } = server.address() as { port: number };
    const file = isClosed
      ? undefined
      : records.record(folder, { container: name, ...listener, realPort }, () => true);
    if (file === undefined) {
      server.close();
      return;
    }
    open.set(keyOf(listener), { listener, file });
    // From now on, the forwarder accepts the connections.
    await send(forwarder, { open: listener }, server);
    server.close();
  }

  function remove(key: string): void {
    const opened = open.get(key);
    if (!opened) return;
    open.delete(key);
    records.remove(opened.file);
    if (!isClosed) void send(forwarder, { close: opened.listener });
  }

  let lastSync: Promise<void> = Promise.resolve();
  forwarder.on('message', (message, client) => {
    const { listeners, connect } = message as { listeners?: Listener[]; connect?: number };
    if (connect !== undefined && client instanceof Socket) connectLocally(client, connect);
    if (listeners === undefined) return;
    const keys = new Set(listeners.map(keyOf));
    lastSync = lastSync.then(async () => {
      for (const key of open.keys()) if (!keys.has(key)) remove(key);
      for (const listener of listeners) if (!open.has(keyOf(listener))) await add(listener);
    });
    lastSync.catch(() => undefined);
  });
  const close = () => {
    isClosed = true;
    for (const key of [...open.keys()]) remove(key);
    forwarder.kill('SIGKILL');
  };
  forwarder.on('error', close);
  forwarder.on('exit', close);
  return { close };
}

/** Connects a client in the container to a port of this machine, where another container of the task listens. */
function connectLocally(client: Socket, port: number): void {
  const program = connect({ host: '127.0.0.1', port, allowHalfOpen: true, noDelay: true });
  client.setNoDelay(true);
  client.pipe(program);
  program.pipe(client);
  client.on('error', () => program.resetAndDestroy());
  program.on('error', () => client.resetAndDestroy());
  client.on('close', () => program.destroy());
  program.on('close', () => client.destroy());
}

async function listenAnywhere(): Promise<Server> {
  const server = createServer({ pauseOnConnect: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** Sends a message, unless the process has ended. */
const send = (child: ChildProcess, message: object, server?: Server): Promise<void> =>
  new Promise((resolve) => {
    if (!child.connected) resolve();
    else child.send(message, server, () => resolve());
  });
