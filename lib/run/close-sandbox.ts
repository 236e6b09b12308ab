/** Stops a sandbox that runs in the background for nothing. */
import { problem } from '../problem.ts';
import type { SandboxDoor } from './target.ts';

/**
 * Stops the sandbox when it was started in the background and nothing is left in it.
 * @returns whether it did
 * @throws SANDBOX_STOP when it does not end
 */
export async function closeEmptySandbox(sandbox: SandboxDoor | undefined): Promise<boolean> {
  if (!sandbox?.background) return false;
  // One that does not answer may be gone, and cannot be asked to stop.
  const census = await sandbox.census().catch(() => undefined);
  if (!census || Object.keys(census).length > 0) return false;
  try {
    await sandbox.stop();
  } catch (error) {
    throw problem('SANDBOX_STOP', {
      what: 'The sandbox did not stop.',
      why: error instanceof Error ? error.message : String(error),
      now: 'Nothing is left in it.',
      fix: [`kill ${sandbox.pid}`, `Its log is ${sandbox.folder}/sandbox.log.`],
      cause: error,
    });
  }
  return true;
}
