/** Prepares the folder of a task and the environment of its programs. */
import { chmod, mkdir, stat, symlink } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import writeFileAtomic from 'write-file-atomic';
import { DEFAULT_PATH, NODE_TOOLS } from './command.ts';
import { portsFolder } from './ports.ts';
import { resolveInside } from './rootfs.ts';

/** How long Linux tries to connect when it gets no response: six retries. */
const LINUX_CONNECT_TIMEOUT_MS = 127_000;

const PRELOAD = fileURLToPath(new URL('./preload.cjs', import.meta.url));

export interface TaskEnvironmentSpec {
  /** The container's name in its task definition. */
  name: string;
  /** The folder that the containers of the task share. */
  taskDirectory: string;
  /** The address of the task's network interface. */
  privateIp: string;
  /** The folder that is the container's `/`. */
  rootfs: string;
  /** The container's own variables. */
  environment: Record<string, string>;
  /** The number of the signal that the container's first process ignores unless it handles it; 0 for none. */
  ignoredSignal: number;
  /**
   * How long a connection to another host in the VPC takes to fail, in milliseconds; by default as long as on Linux.
   */
  connectTimeoutMs?: number;
}

/**
 * Prepares the task's folder for a container.
 * @returns the environment of the container's programs: the container's variables, and the variables that let programs
 *   find Node and the task's network, but no variables of this process
 */
export async function prepareTask(spec: TaskEnvironmentSpec): Promise<Record<string, string>> {
  const { taskDirectory, environment } = spec;
  const folder = (name: string) => join(taskDirectory, name);
  for (const path of [portsFolder(taskDirectory), folder('home'), folder('bin')])
    await mkdir(path, { recursive: true });
  await linkNode(folder('bin'));
  const hostname = environment.HOSTNAME ?? privateHostname(spec.privateIp, environment.AWS_REGION);
  const preload = folder(`network-${spec.name}.cjs`);
  const nodeOption = `--require "${preload.replace(/["\\]/g, '\\$&')}"`;
  const network = {
    container: spec.name,
    ports: portsFolder(taskDirectory),
    privateIp: spec.privateIp,
    hostname,
    connectTimeoutMs: spec.connectTimeoutMs ?? LINUX_CONNECT_TIMEOUT_MS,
    nodeOption,
    sandboxPid: process.pid,
    ignoredSignal: spec.ignoredSignal,
  };
  await writeFileAtomic(preload, `require(${JSON.stringify(PRELOAD)}).enter(${JSON.stringify(network)});\n`, {
    fsync: false,
  });
  return {
    HOME: folder('home'),
    HOSTNAME: hostname,
    ...environment,
    PATH: await searchPath(folder('bin'), spec),
    NODE_OPTIONS: `${nodeOption} ${environment.NODE_OPTIONS ?? ''}`.trim(),
  };
}

/** Lets the users of all containers of a task write to the folders that the runtime needs, but not delete each other's files. */
export async function openTaskToOthers(taskDirectory: string): Promise<void> {
  for (const path of [portsFolder(taskDirectory), join(taskDirectory, 'home')]) await chmod(path, 0o1777);
}

/**
 * Returns the name that a VPC's resolver gives to a private address.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html
 */
export function privateHostname(privateIp: string, region = 'us-east-1'): string {
  const domain = region === 'us-east-1' ? 'ec2.internal' : `${region}.compute.internal`;
  return `ip-${privateIp.replaceAll('.', '-')}.${domain}`;
}

/**
 * Returns a PATH: Node, then this machine's base system, then those folders of the container's PATH that exist in the
 * image.
 */
async function searchPath(bin: string, { rootfs, environment }: TaskEnvironmentSpec): Promise<string> {
  const containerPath = (environment.PATH ?? DEFAULT_PATH).split(':').filter(isAbsolute);
  const mapped = await Promise.all(containerPath.map((path) => resolveInside(rootfs, path)));
  const present = await Promise.all(mapped.map((path) => stat(path).catch(() => undefined)));
  return [bin, '/usr/bin', '/bin', '/usr/sbin', '/sbin', ...mapped.filter((_, index) => present[index])].join(
    ':',
  );
}

async function linkNode(bin: string): Promise<void> {
  const tools = NODE_TOOLS.map((name) => [name, join(dirname(process.execPath), name)] as const);
  for (const [name, file] of [['node', process.execPath] as const, ...tools])
    if (await stat(file).catch(() => undefined)) await symlink(file, join(bin, name)).catch(ignoreExisting);
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
