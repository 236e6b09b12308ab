/** Stops a sandbox that runs in the background for nothing. */
import type { SandboxDoor } from './target.ts';

/** Stops the sandbox when it was started in the background and nothing is left in it. @returns whether it did */
export async function closeEmptySandbox(sandbox: SandboxDoor | undefined): Promise<boolean> {
  if (!sandbox?.background || Object.keys(await sandbox.census()).length > 0) return false;
  await sandbox.stop();
  return true;
}
