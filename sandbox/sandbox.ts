/** Puts a sandbox together: world, gateway, data plane and server, in this process. */
import { join } from 'node:path';
import { admin, type Pages } from './admin.ts';
import { makeFaults, type Faults } from './chaos/faults.ts';
import { gateway } from './gateway.ts';
import { makeJournal, type Journal } from './journal.ts';
import { serve } from './server.ts';
import { events } from './services.ts';
import { folderBlobs } from './world/blobs.ts';
import { systemClock, type Clock } from './world/clock.ts';
import type { Plane } from './data-plane.ts';
import type { Pace } from './world/durations.ts';
import { makeChaos, type Chaos } from './chaos/controller.ts';
import { calm, adjusted, type Weather } from './chaos/weather.ts';
import { keep } from './world/persistence.ts';
import { World } from './world/world.ts';

export interface SandboxOptions {
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** Where its state is kept; in memory alone when left out. */
  readonly folder?: string;
  readonly pace?: Pace;
  readonly clock?: Clock;
  readonly seed?: string;
  /** Which of AWS's misbehaviour is on; the knobs that are left out are calm. */
  readonly weather?: Partial<Weather>;
  /** What runs tasks; one that only pretends unless told. */
  readonly plane?: Plane;
  /** Told of mistakes of the sandbox's own, and of what went wrong behind no call. */
  readonly complain?: (error: unknown) => void;
  /** Pages of the process around it. */
  readonly pages?: Pages;
}

/** A running sandbox. */
export interface Sandbox {
  /** The endpoint for AWS clients, e.g. `http://127.0.0.1:4566`. */
  readonly url: string;
  readonly port: number;
  readonly world: World;
  readonly journal: Journal;
  readonly faults: Faults;
  readonly chaos: Chaos;
  close(): Promise<void>;
}

/**
 * Starts a sandbox.
 * @throws EADDRINUSE when the port is taken
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { folder, clock = systemClock, pace = 'instant', complain = () => undefined } = options;
  const blobs = folder === undefined ? undefined : folderBlobs(join(folder, 'blobs'));
  const { seed, plane } = options;
  const world = new World({ clock, pace, blobs, seed, plane, events, complain: options.complain });
  const keeper = folder === undefined ? undefined : keep(world, join(folder, 'world'), complain);
  const journal = makeJournal(() => clock.now());
  const faults = makeFaults();
  const chaos = makeChaos(world, adjusted(calm, options.weather ?? {}));
  const around = { journal, faults, chaos, complain };
  const call = gateway(world, around);
  const { server, port } = await serve(
    {
      async aws(request) {
        const answer = await call(request);
        // What was answered must survive the process.
        await keeper?.saved();
        return answer;
      },
      admin: admin(world, around, options.pages ?? {}),
    },
    options.port ?? 0,
  );
  return {
    url: `http://127.0.0.1:${port}`,
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
      await keeper?.stop();
    },
  };
}
