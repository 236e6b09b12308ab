/** Where a port of a task really is, for whoever connects from outside the task, such as a load balancer. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What `claims.cjs` writes for a listener: the address that its program asked for, and its port on 127.0.0.1. */
interface ListenerRecord {
  address: string;
  port: number;
  pid: number;
}

/** The folder of a task where its listeners are noted. */
export function portsFolder(taskDirectory: string): string {
  return join(taskDirectory, 'ports');
}

/**
 * Finds the listener that a connection to the task's private IP would reach.
 * @param taskDirectory the folder of the task
 * @param port the port as the task's programs know it
 * @returns the real address; `loopback-only` when the program listens on 127.0.0.1 or ::1 alone, which nothing outside the task
 *   can reach; undefined when nothing listens
 */
export async function localAddress(
  taskDirectory: string,
  port: number,
): Promise<{ host: '127.0.0.1'; port: number } | 'loopback-only' | undefined> {
  const folder = portsFolder(taskDirectory);
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.startsWith(`${port}-`));
  const claims = (await Promise.all(names.map((name) => readListener(join(folder, name))))).flatMap(
    (claim) => claim ?? [],
  );
  const reachable = claims.find(({ address }) => !address.startsWith('127.') && address !== '::1');
  if (reachable) return { host: '127.0.0.1', port: reachable.port };
  return claims.length > 0 ? 'loopback-only' : undefined;
}

/** A claim whose process is alive; one that crashed leaves its claim behind. */
async function readListener(file: string): Promise<ListenerRecord | undefined> {
  try {
    const claim = JSON.parse(await readFile(file, 'utf8')) as ListenerRecord;
    process.kill(claim.pid, 0);
    return claim;
  } catch {
    return undefined;
  }
}
