/** Limits the size of a program, and names its largest folders if it is too large. */
import { join } from 'node:path';
import { shownPath } from '../config/location.ts';
import { NOTHING_CHANGED, problem, type Problem } from '../model/problem.ts';

/** The maximum size of a program with its dependencies, bytes. Fargate's storage is 20 GiB, which images share with the task's data. */
export const MAX_PROGRAM_BYTES = 4 * 1024 ** 3;
/** The largest folders are named in the problem of a program that is too large. */
const MAX_NAMED_FOLDERS = 3;

/** Adds up the sizes of the files of one program. */
export class SizeLimit {
  private readonly folder: string;
  private readonly maxBytes: number;
  private total = 0;
  private readonly perName = new Map<string, number>();

  /** @param folder of the program, absolute @param maxBytes the limit, bytes */
  constructor(folder: string, maxBytes = MAX_PROGRAM_BYTES) {
    this.folder = folder;
    this.maxBytes = maxBytes;
  }

  /** @throws PACKAGE when the program has become too large */
  add({ path, size }: { readonly path: string; readonly size: number }): void {
    this.total += size;
    const [name = path] = path.startsWith(this.folder)
      ? path.slice(this.folder.length + 1).split('/')
      : ['packages outside of it'];
    this.perName.set(name, (this.perName.get(name) ?? 0) + size);
    if (this.total > this.maxBytes) throw this.exceeded();
  }

  private exceeded(): Problem {
    const largest = [...this.perName].sort(([, a], [, b]) => b - a).slice(0, MAX_NAMED_FOLDERS);
    return problem('PACKAGE', {
      what: `${shownPath(this.folder)} is too large for an image.`,
      why: `Its files have more than ${inGib(this.maxBytes)}: ${largest.map(([name, size]) => `${name} ${inGib(size)}`).join(', ')}.`,
      now: NOTHING_CHANGED,
      fix: [
        `Add what the program does not need to ${join(shownPath(this.folder), '.dockerignore')}, for example ${largest[0]?.[0]}.`,
      ],
    });
  }
}

const inGib = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
