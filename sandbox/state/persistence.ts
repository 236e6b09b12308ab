/** Keeps a world on disk: reads it when the sandbox starts, and writes it atomically after changes. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import writeFileAtomic from 'write-file-atomic';
import type { Snapshot, World } from '../world/world.ts';
import { upgradeSnapshot, VERSION } from './upgrade.ts';

/** Writes a world to its file. */
export interface WorldPersistence {
  /** Writes unsaved changes, and resolves when the current state of the world is on disk. */
  flush(): Promise<void>;
  /** Writes one last time and stops. */
  stop(): Promise<void>;
}

/**
 * Restores a world from `file`, if it exists, and keeps the file up to date from then on. Writes are coalesced: any number
 * of changes during a write cause only one further write.
 * @param onFailure receives the error of a failed write if no call waits for that write
 * @throws Error when the file was written by another version or cannot be read. The file is then left unchanged.
 */
export function persistWorld(
  world: World,
  file: string,
  onFailure: (error: unknown) => void,
): WorldPersistence {
  if (existsSync(file)) {
    const { version, snapshot } = deserialize(readFileSync(file)) as { version: number; snapshot: Snapshot };
    const current = upgradeSnapshot(version, snapshot);
    if (!current) throw new Error(`${file} has version ${version}; this sandbox reads ${VERSION}`);
    world.restore(current);
  }
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  let hasUnsavedChanges = false;
  let writing: Promise<void> | undefined;
  const write = async () => {
    try {
      while (hasUnsavedChanges) {
        hasUnsavedChanges = false;
        const bytes = serialize({ version: VERSION, snapshot: world.snapshot() });
        await writeFileAtomic(file, bytes, { mode: 0o600 });
      }
    } catch (error) {
      // The disk may be full, for example. The waiting calls fail, and the next change causes another attempt.
      hasUnsavedChanges = true;
      throw error;
    } finally {
      writing = undefined;
    }
  };
  const flush = (): Promise<void> =>
    hasUnsavedChanges ? (writing ??= write()) : (writing ?? Promise.resolve());
  let pendingWrite: NodeJS.Timeout | undefined;
  const stopListening = world.onChange(() => {
    hasUnsavedChanges = true;
    // Every call waits for its changes to be written. This timer is for changes outside any call.
    pendingWrite ??= setTimeout(() => {
      pendingWrite = undefined;
      flush().catch(onFailure);
    }, 200).unref();
  });
  return {
    flush,
    async stop() {
      stopListening();
      clearTimeout(pendingWrite);
      await flush();
    },
  };
}
