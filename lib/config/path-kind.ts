/** Finds out what is at a path. */
import { statSync } from 'node:fs';

/** Returns what is at a path, following links; undefined when there is nothing, or no permission to see it. */
export function kindOf(path: string): 'file' | 'folder' | undefined {
  try {
    const stats = statSync(path);
    return stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : undefined;
  } catch {
    return undefined;
  }
}
