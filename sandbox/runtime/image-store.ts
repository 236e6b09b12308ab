/** Keeps unpacked images, which containers with a read-only root share: each layer is unpacked once, over a clone of those below. */
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, statSync, utimesSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cloneTree } from './clone-tree.ts';
import { makeReadOnly, removeTree } from './file-modes.ts';
import type { ImageBlobs, LayerBlob } from './image.ts';
import type { Isolation } from './isolation.ts';
import { applyLayer } from './layer.ts';
import { resolveInside } from './rootfs.ts';

/** How many folders without a running container are kept, so that a restart and the next version find their layers unpacked. */
const MAX_UNUSED = 12;
/** The ending of a folder into which a layer is still being unpacked. */
const PARTIAL = '.partial';

/** A root file system in use. */
export interface SharedRoot {
  readonly rootfs: string;
  /** Must be called when the container has ended. */
  release(): void;
}

export interface ImageStore {
  /**
   * Returns the root file system of an image. It must not be written to.
   * @param workingDirectory an absolute path of the container, which is created if the image lacks it
   * @throws LayerError for a layer that cannot be read
   */
  open(image: Pick<ImageBlobs, 'layers'>, workingDirectory: string): Promise<SharedRoot>;
}

/** A state of a root file system: its layers, from the lowest, and what adds the topmost one. */
interface Stage {
  readonly id: string;
  readonly below: Stage | undefined;
  readonly add: (folder: string) => Promise<void>;
}

/**
 * Opens a store. Its folder survives a restart of the sandbox.
 * @param folder for the unpacked images; the store is its only user
 */
export async function openImageStore(
  folder: string,
  { hasOtherUsers, needsReadOnlyModes }: Pick<Isolation, 'hasOtherUsers' | 'needsReadOnlyModes'>,
): Promise<ImageStore> {
  mkdirSync(folder, { recursive: true });
  // Other users enter the folder, but do not list it.
  chmodSync(folder, hasOtherUsers ? 0o711 : 0o700);
  const pathOf = (id: string) => join(folder, id);
  // A sandbox that was killed may have left them behind.
  for (const name of readdirSync(folder)) if (name.endsWith(PARTIAL)) await removeTree(pathOf(name));

  const users = new Map<string, number>();
  const unpacking = new Map<string, Promise<string>>();
  const sealing = new Map<string, Promise<void>>();
  let removing: Promise<unknown> = Promise.resolve();

  function hold(id: string): () => void {
    const change = (by: 1 | -1) => users.set(id, (users.get(id) ?? 0) + by);
    change(1);
    let isHeld = true;
    return () => {
      if (isHeld) change(-1);
      isHeld = false;
    };
  }

  /** Returns the folder of a stage, which the caller holds. */
  function unpack(stage: Stage): Promise<string> {
    const pending =
      unpacking.get(stage.id) ?? makeStage(stage).finally(() => void unpacking.delete(stage.id));
    unpacking.set(stage.id, pending);
    return pending;
  }

  async function makeStage({ id, below, add }: Stage): Promise<string> {
    const path = pathOf(id);
    if (existsSync(path)) {
      const now = new Date();
      utimesSync(path, now, now);
      return path;
    }
    const partial = `${path}${PARTIAL}`;
    const release = below && hold(below.id);
    try {
      if (below) await cloneTree(await unpack(below), partial, hasOtherUsers);
      else mkdirSync(partial);
      await add(partial);
      renameSync(partial, path);
      return path;
    } catch (error) {
      await removeTree(partial);
      throw error;
    } finally {
      release?.();
    }
  }

  async function seal(id: string): Promise<void> {
    if (!needsReadOnlyModes) return;
    const sealed = sealing.get(id) ?? makeReadOnly(pathOf(id));
    sealing.set(id, sealed);
    await sealed;
  }

  /** Removes the folders that have been unused for longest. Nothing waits for that: the next start would remove what is left. */
  function prune(): void {
    const unused = readdirSync(folder)
      .filter((name) => !name.endsWith(PARTIAL) && !users.get(name))
      .map((name) => ({ name, usedAt: statSync(pathOf(name)).mtimeMs }))
      .sort((one, other) => other.usedAt - one.usedAt)
      .slice(MAX_UNUSED);
    const removed = unused.map(({ name }) => {
      sealing.delete(name);
      renameSync(pathOf(name), `${pathOf(name)}.old${PARTIAL}`);
      return `${pathOf(name)}.old${PARTIAL}`;
    });
    for (const path of removed) removing = removing.then(() => removeTree(path)).catch(() => undefined);
  }

  return {
    async open({ layers }, workingDirectory) {
      const top = stageOf(layers, hasOtherUsers);
      const releaseTop = hold(top.id);
      let release = releaseTop;
      try {
        let [rootfs, id] = [await unpack(top), top.id];
        if (!existsSync(await resolveInside(rootfs, workingDirectory))) {
          const stage = withFolder(top, workingDirectory);
          release = hold(stage.id);
          [rootfs, id] = [await unpack(stage), stage.id];
          releaseTop();
        }
        await seal(id);
        prune();
        return { rootfs, release };
      } catch (error) {
        releaseTop();
        release();
        throw error;
      }
    },
  };
}

/** Returns the stage of an image's topmost layer. A layer is identified together with those below, as it may hide their files. */
function stageOf(layers: readonly LayerBlob[], keepOwners: boolean): Stage {
  const empty: Stage = { id: idOf('', String(keepOwners)), below: undefined, add: async () => undefined };
  return layers.reduce<Stage>(
    (below, layer) => ({
      id: idOf(below.id, layer.digest),
      below: below === empty ? undefined : below,
      add: (folder) => applyLayer(layer.read(), folder, keepOwners),
    }),
    empty,
  );
}

/** Returns a stage with one more folder. */
const withFolder = (below: Stage, path: string): Stage => ({
  id: idOf(below.id, `folder ${path}`),
  below,
  add: async (folder) => void (await mkdir(await resolveInside(folder, path), { recursive: true })),
});

const idOf = (below: string, added: string): string =>
  createHash('sha256').update(`${below} ${added}`).digest('hex').slice(0, 24);
