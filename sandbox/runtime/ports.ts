/** Finds the local port behind a task's port, for clients outside the task such as a load balancer. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The record that `listener-records.cjs` writes: the address that the program requested, and its port on 127.0.0.1. */
interface ListenerRecord {
  container: string;
  address: string;
  port: number;
  pid: number;
}

/** Returns the folder that contains the records of a task's listeners. */
export function portsFolder(taskDirectory: string): string {
  return join(taskDirectory, 'ports');
}

/**
 * Finds the listener that a connection to the task's private IP would reach. Reads the small records synchronously: every request
 * of a load balancer needs this, and must not wait behind images that are unpacked, which can occupy Node's thread pool for seconds.
 * @param taskDirectory the folder of the task
 * @param port the port as the task's programs see it
 * @returns the real address; `loopback-only` when clients outside the task cannot reach the program because it listens
 *   only on 127.0.0.1 or ::1; undefined when nothing listens on the port
 */
export function localAddress(
  taskDirectory: string,
  port: number,
): { host: '127.0.0.1'; port: number } | 'loopback-only' | undefined {
  const folder = portsFolder(taskDirectory);
  const listeners = namesIn(folder, `${port}-`).flatMap((name) => readListener(join(folder, name)) ?? []);
  const reachable = listeners.find(({ address }) => !address.startsWith('127.') && address !== '::1');
  if (reachable) return { host: '127.0.0.1', port: reachable.port };
  return listeners.length > 0 ? 'loopback-only' : undefined;
}

/** An address on which a container listens or listened. */
export interface ListenedAddress {
  /** The container's name in its task definition. */
  container: string;
  /**
   * The address that the program requested: `0.0.0.0` or `::` for every address, `127.0.0.1` or `::1` for loopback only; the path
   * of a Unix socket.
   */
  host: string;
  /** The port as the task's programs see it; undefined for a Unix socket. */
  port?: number | undefined;
  /** Whether a program of the task still listens on the address. */
  isOpen: boolean;
}

/** The note that remains of a listener. */
interface ListenerNote extends Omit<ListenedAddress, 'isOpen'> {
  /** The name of its record, unless it follows from the address. */
  record?: string;
}

/**
 * Returns every address on which a container of a task has listened, also those of containers that have ended.
 * @param taskDirectory the folder of the task; if it does not exist, the list is empty
 */
export function listenedAddresses(taskDirectory: string): ListenedAddress[] {
  const folder = portsFolder(taskDirectory);
  return namesIn(folder, 'listened-')
    .toSorted()
    .flatMap((name) => {
      const noted = readJson<ListenerNote>(join(folder, name));
      if (!noted) return [];
      const { record = `${noted.port}-${noted.host}`, ...address } = noted;
      const listener = readListener(join(folder, record));
      return [{ ...address, isOpen: listener?.container === noted.container }];
    });
}

/** Returns the names in a folder that begin with a prefix; none if the folder does not exist. */
function namesIn(folder: string, prefix: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.startsWith(prefix));
  } catch {
    return [];
  }
}

/** Reads a listener's record; returns undefined for a record that a crashed process left behind. */
function readListener(file: string): ListenerRecord | undefined {
  const listener = readJson<ListenerRecord>(file);
  try {
    if (listener) process.kill(listener.pid, 0);
    return listener;
  } catch {
    return undefined;
  }
}

function readJson<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch {
    return undefined;
  }
}
