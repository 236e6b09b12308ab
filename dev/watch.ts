/** Watches the files that programs and the configuration are made of. */
import { readdirSync, statSync, watch as watchFolder, type FSWatcher } from 'node:fs';
import { dirname, join } from 'node:path';

/** Folders whose content is not edited by hand. */
const IGNORED = new Set(['node_modules', '.git', '.slipway']);
/** How long the files must be unchanged before a change is reported, in milliseconds: editors write in several steps. */
const QUIET_MS = 20;

/** One change: the files, and when the first of them changed, in milliseconds of `performance.now()`. */
export interface FileChange {
  readonly files: readonly string[];
  readonly at: number;
}

export interface FileWatch {
  /** Watches further folders with everything in them. */
  addFolders(folders: readonly string[]): void;
  /** Watches further files, and what is beside them. */
  addFiles(files: readonly string[]): void;
  close(): void;
}

/**
 * Watches folders and files, except packages and hidden data. Each folder has one watch of the operating system, which also reports
 * files that editors replace, and several changes in quick succession.
 * @param onChange receives the files that were added, changed or removed, soon after the last of them
 */
export function watchFiles(onChange: (change: FileChange) => void): FileWatch {
  const watches = new Map<string, FSWatcher>();
  let changed = new Set<string>();
  let at = 0;
  let timer: NodeJS.Timeout | undefined;

  const report = () => {
    const files = [...changed];
    changed = new Set();
    onChange({ files, at });
  };
  const note = (path: string) => {
    if (changed.size === 0) at = performance.now();
    changed.add(path);
    clearTimeout(timer);
    timer = setTimeout(report, QUIET_MS);
  };

  function watchOne(folder: string): void {
    if (watches.has(folder)) return;
    try {
      const watch = watchFolder(folder, (_event, name) => {
        if (name === null || IGNORED.has(name)) return;
        const path = join(folder, name);
        // A new folder may have got its files before it was watched.
        if (isFolder(path)) return void addFolder(path).forEach(note);
        note(path);
      });
      watch.on('error', () => forget(folder));
      watches.set(folder, watch);
    } catch {
      // The folder has just been removed, or may not be read.
    }
  }

  function forget(folder: string): void {
    watches.get(folder)?.close();
    watches.delete(folder);
  }

  /** Watches a folder with everything in it, and returns the files of the folders that were not watched before. */
  function addFolder(folder: string): string[] {
    const isNew = !watches.has(folder);
    watchOne(folder);
    return entriesOf(folder).flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return IGNORED.has(entry.name) ? [] : addFolder(path);
      return isNew ? [path] : [];
    });
  }

  return {
    addFolders: (folders) => folders.forEach(addFolder),
    addFiles: (files) => files.forEach((file) => watchOne(dirname(file))),
    close() {
      clearTimeout(timer);
      for (const folder of [...watches.keys()]) forget(folder);
    },
  };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
