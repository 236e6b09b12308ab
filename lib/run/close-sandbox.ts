/** Stops an empty sandbox that was started in the background. */
import { problem } from '../model/problem.ts';
import type { SandboxHandle } from './target.ts';

/**
 * Stops the sandbox if it was started in the background and nothing is left in it.
 * @returns whether it was stopped
 * @throws SANDBOX_STOP when it does not stop, or does not report its contents
 */
export async function closeEmptySandbox(sandbox: SandboxHandle | undefined): Promise<boolean> {
  if (!sandbox?.background) return false;
  let now = 'It is unknown whether anything is left in it.';
  try {
    if (Object.keys(await sandbox.census()).length > 0) return false;
    now = 'Nothing is left in it.';
    await sandbox.stop();
  } catch (error) {
    if (!sandbox.isAlive()) return false;
    throw problem('SANDBOX_STOP', {
      what: 'The sandbox did not stop.',
      why: error instanceof Error ? error.message : String(error),
      now,
      fix: [`kill ${sandbox.pid}`, `Its log, ${sandbox.folder}/sandbox.log, shows what it was doing.`],
      cause: error,
    });
  }
  return true;
}
