/** The whole sandbox: the control plane with a data plane behind it, in this process. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recoverTasks } from './aws/ecs/recovery.ts';
import { serveBalancers } from './data-plane/balancers.ts';
import { locate } from './data-plane/resolve.ts';
import { taskPlane } from './data-plane/tasks.ts';
import { stopLeftovers } from './runtime/leftovers.ts';
import { startSandbox, type Sandbox, type SandboxOptions } from './sandbox.ts';

export interface WholeOptions extends SandboxOptions {
  /** The local port of listeners on port 80: 8080 for people, 0 (any) for tests. */
  readonly httpPort: number;
}

/**
 * Starts a sandbox that really runs tasks and really routes requests.
 * @throws EADDRINUSE when the port is taken
 */
export async function startWholeSandbox(options: WholeOptions): Promise<Sandbox> {
  const own = options.folder === undefined ? mkdtempSync(join(tmpdir(), 'slipway-')) : undefined;
  const tasksFolder = join(options.folder ?? own ?? '', 'tasks');
  // What survived a sandbox that was killed.
  await stopLeftovers(tasksFolder);
  rmSync(tasksFolder, { recursive: true, force: true });
  const plane = taskPlane(tasksFolder);
  const sandbox = await startSandbox({
    ...options,
    plane,
    pages: {
      ...options.pages,
      'GET resolve': ({ query }) =>
        locate(sandbox.world, balancers, query.get('name') ?? '', Number(query.get('port') ?? 80)) ?? null,
    },
  });
  for (const region of sandbox.world.regions()) recoverTasks(region);
  const balancers = serveBalancers(sandbox.world, { folderOf: plane.folderOf, httpPort: options.httpPort });
  return {
    ...sandbox,
    async close() {
      sandbox.world.agenda.stop();
      await balancers.close();
      await plane.close();
      await sandbox.close();
      if (own !== undefined) rmSync(own, { recursive: true, force: true });
    },
  };
}
