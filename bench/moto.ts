/** Starts and stops moto, an independent imitation of AWS, on a free port. */
import { spawn, spawnSync } from 'node:child_process';
import { onCleanup } from './cleanup.ts';
import { freePort } from './local-server.ts';
import { killGroup } from './run-command.ts';

/** A running moto server. */
export interface Moto {
  readonly url: string;
  /** Deletes everything in moto's account. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

/** Milliseconds that moto may take to start, since it loads every service. */
const START_TIMEOUT_MS = 60_000;

/** Whether moto is installed. */
export const hasMoto = (): boolean => spawnSync('moto_server', ['--help'], { stdio: 'ignore' }).status === 0;

/** Starts moto and resolves when it answers. */
export async function startMoto(): Promise<Moto> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const args = ['-H', '127.0.0.1', '-p', String(port)];
  // By default, moto has no policies of AWS that roles could use, and validates a certificate after a minute.
  const env = {
    ...process.env,
    MOTO_IAM_LOAD_MANAGED_POLICIES: 'true',
    MOTO_ACM_VALIDATION_WAIT: '1',
  };
  const child = spawn('moto_server', args, { stdio: 'ignore', detached: true, env });
  const status = { hasEnded: false };
  const end = new Promise<void>((resolve) => {
    for (const event of ['error', 'exit']) child.once(event, () => ((status.hasEnded = true), resolve()));
  });
  const stop = onCleanup(() => (killGroup(child), end));
  for (const start = Date.now(); Date.now() - start < START_TIMEOUT_MS && !status.hasEnded;) {
    if (await answers(url)) {
      return {
        url,
        stop,
        reset: async () => void (await fetch(`${url}/moto-api/reset`, { method: 'POST' })),
      };
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await stop();
  throw new Error('moto_server does not answer');
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/moto-api/`, { signal: AbortSignal.timeout(2000) })).status < 500;
  } catch {
    return false;
  }
}
