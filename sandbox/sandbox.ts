/** Assembles a sandbox in this process: world, gateway, data plane and HTTP server. */
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { folderAuthority } from './certificates/authority.ts';
import { makeAdminPages, type AdminPages } from './server/admin.ts';
import { makeRegistry } from './registry/registry.ts';
import { makeFaults, type Faults } from './chaos/faults.ts';
import { makeGateway } from './server/gateway.ts';
import { makeJournal, type Journal } from './server/journal.ts';
import { sandboxContents } from './server/contents.ts';
import { makeSandboxPage, pagePathOf } from './server/page.ts';
import { requireToken } from './server/authentication.ts';
import { startServer } from './server/http-server.ts';
import { events } from './services.ts';
import { folderBlobs } from './world/blobs.ts';
import { machineClock, type SandboxClock } from './world/clock.ts';
import type { DataPlane } from './data-plane/data-plane.ts';
import type { Pace } from './world/durations.ts';
import { makeChaos, type Chaos } from './chaos/controller.ts';
import { calm, withSettings, type Weather } from './chaos/weather.ts';
import { persistWorld } from './state/persistence.ts';
import { World } from './world/world.ts';

export interface SandboxOptions {
  /** The port of the endpoint; 0, the default, selects any free port. */
  readonly port?: number;
  /** The folder for the sandbox's state. By default the state is kept only in memory. */
  readonly folder?: string;
  readonly pace?: Pace;
  readonly clock?: SandboxClock;
  readonly seed?: string;
  /** The weather to start with; omitted settings are calm. */
  readonly weather?: Partial<Weather>;
  /** Runs the tasks; by default they are only simulated. */
  readonly plane?: DataPlane;
  /** Takes requests for WebSockets; by default they are refused. */
  readonly onUpgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Receives the sandbox's internal errors, and failures outside any call. */
  readonly reportError?: (error: unknown) => void;
  /** The token that clients of the admin API need. By default, the admin API needs no token. */
  readonly token?: string;
  /** Additional admin pages of the process that runs the sandbox. */
  readonly pages?: AdminPages;
}

/** A running sandbox. */
export interface Sandbox {
  /** The endpoint for AWS clients, e.g. `http://127.0.0.1:4566`. */
  readonly url: string;
  /** The address of its page in a browser, with a token; undefined without a token. */
  readonly page: string | undefined;
  readonly port: number;
  readonly world: World;
  readonly journal: Journal;
  readonly faults: Faults;
  readonly chaos: Chaos;
  close(): Promise<void>;
}

/**
 * Starts a sandbox.
 * @throws EADDRINUSE when the port is in use
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { folder, clock = machineClock, pace = 'instant', reportError = () => undefined } = options;
  const blobs = folder === undefined ? undefined : folderBlobs(join(folder, 'blobs'));
  const authority = folder === undefined ? undefined : folderAuthority(folder);
  const { seed, plane } = options;
  const world = new World({
    ...{ clock, pace, blobs, authority, seed, plane, events, reportError: options.reportError },
  });
  const persistence =
    folder === undefined ? undefined : persistWorld(world, join(folder, 'world'), reportError);
  const journal = makeJournal(() => clock.now());
  const faults = makeFaults();
  const chaos = makeChaos(world, withSettings(calm, options.weather ?? {}));
  const context = { journal, faults, chaos, reportError };
  const handleCall = makeGateway(world, context);
  const handleRegistry = makeRegistry(world, context);
  const admin = makeAdminPages(world, context, options.pages ?? {});
  const { token } = options;
  const { server, port } = await startServer(
    {
      async aws(request) {
        const response = await handleCall(request);
        // Once a client has the response, it relies on the effect of its call, so the effect must be on disk first.
        await persistence?.flush();
        return response;
      },
      async registry(request) {
        const response = await handleRegistry(request);
        if (response) await persistence?.flush();
        return response;
      },
      ...(token !== undefined && {
        page: makeSandboxPage(token, admin, () => sandboxContents(world, context)),
      }),
      admin: requireToken(admin, token, () => port),
    },
    options.port ?? 0,
  );
  world.port = port;
  server.on('upgrade', (request, socket, head: Buffer) => {
    if (options.onUpgrade) options.onUpgrade(request, socket, head);
    else socket.destroy();
  });
  return {
    url: `http://127.0.0.1:${port}`,
    page: token === undefined ? undefined : `http://127.0.0.1:${port}${pagePathOf(token)}`,
    port,
    world,
    journal,
    faults,
    chaos,
    async close() {
      world.agenda.stop();
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
      await persistence?.stop();
    },
  };
}
