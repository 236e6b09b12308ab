/** Keeps a world on disk: read at the start, written after changes, whole or not at all. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import writeFileAtomic from 'write-file-atomic';
import type { Snapshot, World } from '../world/world.ts';

const VERSION = 1;

/** The keeper of a world. */
export interface WorldPersistence {
  /** Resolves when what the world holds now is on disk. */
  saved(): Promise<void>;
  /** Writes a last time and stops. */
  stop(): Promise<void>;
}

/**
 * Restores a world from `file`, if there is one, and keeps the file up to date from then on.
 * Writes are coalesced: however many changes come during one write, one more write follows.
 * @param onFailure told when a write fails that no call waits for
 * @throws Error when the file was written by another version, or is not readable: it is left as it is
 */
export function persistWorld(
  world: World,
  file: string,
  onFailure: (error: unknown) => void,
): WorldPersistence {
  if (existsSync(file)) {
    const { version, snapshot } = deserialize(readFileSync(file)) as { version: number; snapshot: Snapshot };
    if (version !== VERSION) throw new Error(`${file} has version ${version}; this sandbox reads ${VERSION}`);
    world.restore(snapshot);
  }
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  let dirty = false;
  let writing: Promise<void> | undefined;
  const write = async () => {
    try {
      while (dirty) {
        dirty = false;
        const text = serialize({ version: VERSION, snapshot: world.snapshot() });
        await writeFileAtomic(file, text, { mode: 0o600 });
      }
    } catch (error) {
      // A full disk: whoever waits is told, and the next change tries again.
      dirty = true;
      throw error;
    } finally {
      writing = undefined;
    }
  };
  const saved = (): Promise<void> => (dirty ? (writing ??= write()) : (writing ?? Promise.resolve()));
  let soon: NodeJS.Timeout | undefined;
  const stopListening = world.onChange(() => {
    dirty = true;
    // Calls wait for their own write; this is for changes that nobody waits for.
    soon ??= setTimeout(() => {
      soon = undefined;
      saved().catch(onFailure);
    }, 200).unref();
  });
  return {
    saved,
    async stop() {
      stopListening();
      clearTimeout(soon);
      await saved();
    },
  };
}
