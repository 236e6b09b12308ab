/** The complete sandbox in this process: the control plane, and the data plane that runs tasks and load balancers. */
import { chmodSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recoverTasks } from './aws/ecs/recovery.ts';
import { claimFolder } from './state/claim.ts';
import { serveBalancers } from './data-plane/balancers.ts';
import { taskIdOf } from './data-plane/container-setup.ts';
import { lacksRuntime } from './data-plane/image-needs.ts';
import { makeInterceptPages } from './data-plane/intercept-pages.ts';
import { resolveLocally } from './data-plane/local-endpoints.ts';
import { makeTaskDataPlane } from './data-plane/tasks.ts';
import { removeStaleFiles } from './state/stale-files.ts';
import { removeToken, writeToken } from './state/token.ts';
import { removeTree } from './runtime/file-modes.ts';
import { detectIsolation } from './runtime/isolation.ts';
import { openImageStore } from './runtime/image-store.ts';
import { ociRuntimeFinder } from './runtime/find-oci-runtime.ts';
import { killOrphanedContainers } from './runtime/orphaned-containers.ts';
import { machineClock } from './world/clock.ts';
import { startSandbox, type Sandbox, type SandboxOptions } from './sandbox.ts';

export interface SandboxWithTasksOptions extends SandboxOptions {
  /** The local port for listeners on port 80: 8080 for users, 0 (any free port) for tests. */
  readonly httpPort: number;
  /** Whether to write a token into the folder and to require it of clients of the admin API; false by default. */
  readonly isProtected?: boolean;
}

/** A running sandbox that runs tasks. */
export interface SandboxWithTasks extends Sandbox {
  /** What this machine cannot enforce about containers, and why. */
  readonly limitations: readonly string[];
}

/**
 * Starts a sandbox that runs tasks as processes and routes requests to them.
 * @throws EADDRINUSE when the port is in use
 * @throws FolderTakenError when another sandbox uses the folder; the folder is left unchanged
 */
export async function startSandboxWithTasks(options: SandboxWithTasksOptions): Promise<SandboxWithTasks> {
  const temporaryFolder = options.folder === undefined ? mkdtempSync(join(tmpdir(), 'slipway-')) : undefined;
  // Containers may run as other users, which must be able to enter the folder.
  if (temporaryFolder !== undefined) chmodSync(temporaryFolder, 0o711);
  const folder = options.folder ?? temporaryFolder ?? '';
  const releaseClaim = await claimFolder(folder);
  const cleanUp = async () => {
    if (options.isProtected) await removeToken(folder);
    await releaseClaim();
    if (temporaryFolder !== undefined) await removeTree(temporaryFolder);
  };
  try {
    const token = options.isProtected ? await writeToken(folder) : undefined;
    const sandbox = await startIn(folder, { ...options, ...(token && { token }) });
    return {
      ...sandbox,
      async close() {
        await sandbox.close();
        await cleanUp();
      },
    };
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

async function startIn(folder: string, options: SandboxWithTasksOptions): Promise<SandboxWithTasks> {
  const tasksFolder = join(folder, 'tasks');
  // A sandbox that was killed may have left containers running.
  await killOrphanedContainers(tasksFolder);
  await removeTree(tasksFolder);
  mkdirSync(tasksFolder, { recursive: true, mode: 0o700 });
  const isolation = await detectIsolation(tasksFolder);
  await removeStaleFiles(folder);
  const { reportError = () => undefined, clock = machineClock } = options;
  const store = await openImageStore(join(folder, 'images'), isolation);
  const runtime = ociRuntimeFinder();
  const plane = makeTaskDataPlane(tasksFolder, reportError, clock, isolation, store, runtime);
  const intercepts = makeInterceptPages({
    folder: tasksFolder,
    regions: () => sandbox.world.regions(),
    ...{ isolation, runtime, store, clock, reportError },
  });
  const requestCounts = new Map<string, number>();
  const sandbox = await startSandbox({
    ...options,
    plane,
    onUpgrade: plane.acceptSession,
    pages: {
      ...options.pages,
      ...intercepts.pages,
      'GET listeners': ({ query }) => {
        const id = query.get('task') ?? '';
        for (const region of sandbox.world.regions()) {
          const task = region.ecs.tasks.find(({ taskArn }) => taskIdOf(taskArn) === id);
          if (task) return plane.listenersOf(region, task.taskArn);
        }
        return null;
      },
      'GET requests': () => Object.fromEntries(requestCounts),
      'GET lacks-runtime': ({ query }) =>
        lacksRuntime({ regions: sandbox.world.regions(), store, runtime }, query),
      'GET resolve': ({ query }) =>
        resolveLocally(
          sandbox.world,
          balancers,
          query.get('name') ?? '',
          Number(query.get('port') ?? 80),
          query.get('family') === 'ipv6' ? 'ipv6' : 'ipv4',
        ) ?? null,
    },
  });
  for (const region of sandbox.world.regions()) recoverTasks(region);
  const balancers = serveBalancers(sandbox.world, {
    folderOf: (task) => plane.folderOf(task),
    servingFolderOf: (task) => intercepts.folderFor(task) ?? plane.folderOf(task),
    httpPort: options.httpPort,
    countRequest: (targetGroupArn) => {
      requestCounts.set(targetGroupArn, (requestCounts.get(targetGroupArn) ?? 0) + 1);
      plane.countRequest(targetGroupArn);
    },
    openRequest: plane.openRequests.open,
    countOpen: plane.openRequests.count,
    reportError,
  });
  return {
    ...sandbox,
    limitations: isolation.limitations,
    async close() {
      sandbox.world.agenda.stop();
      await balancers.close();
      await intercepts.close();
      await plane.close();
      await sandbox.close();
    },
  };
}
