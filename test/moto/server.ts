/** A moto server for tests: an AWS that others wrote, on a free port, until it is stopped. */
import { spawn } from 'node:child_process';
import { freePort } from '../journeys/harness.ts';

export interface Moto {
  readonly url: string;
  stop(): Promise<void>;
}

/** How long moto may take to start, in milliseconds: it loads every service that it knows. */
const PATIENCE = 60_000;

/** Starts moto and resolves when it answers. */
export async function startMoto(): Promise<Moto> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let alive = true;
  void ended.then(() => (alive = false));
  for (const start = Date.now(); Date.now() - start < PATIENCE && alive;) {
    if (await answers(url)) {
      return {
        url,
        async stop() {
          child.kill();
          await ended;
        },
      };
    }
    await new Promise((later) => setTimeout(later, 100));
  }
  child.kill('SIGKILL');
  throw new Error('moto_server does not answer');
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/moto-api/`)).status < 500;
  } catch {
    return false;
  }
}
