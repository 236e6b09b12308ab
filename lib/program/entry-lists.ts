/** Makes the entries of an image from listed and compiled files. */
import { posix } from 'node:path';
import { contentKeyOf, readListed, type Listed } from './disk.ts';
import type { Entry, EntryList } from './entries.ts';

/** Collects the entries of one layer. */
export class EntryCollector {
  private readonly entries = new Map<string, { readonly entry: Entry; readonly version: string }>();

  /** Adds a folder or a file at a path in the image; a later entry replaces an earlier one. */
  addListed(path: string, listed: Listed): void {
    const { type, mode, size, version } = listed;
    if (type === 'link') throw new Error(`${listed.path} is a link: addLink adds it`);
    if (type === 'folder') this.add({ type, path, mode }, '');
    else this.add({ type, path, mode, size, source: listed.path, read: () => readListed(listed) }, version);
  }

  /** Adds a file that is in memory. */
  addBytes(path: string, bytes: Uint8Array, mode = 0o644): void {
    const read = async function* () {
      yield bytes;
    };
    this.add({ type: 'file', path, mode, size: bytes.length, read }, contentKeyOf(bytes));
  }

  /** @param target the path in the image that the link leads to */
  addLink(path: string, target: string): void {
    this.add(
      { type: 'link', path, mode: 0o777, target: posix.relative(posix.dirname(path), target) || '.' },
      '',
    );
  }

  delete(path: string): void {
    this.entries.delete(path);
  }

  /** The entries whose path is a folder or is in it. */
  inside(folder: string): Entry[] {
    return [...this.entries.values()]
      .map(({ entry }) => entry)
      .filter(({ path }) => path === folder || path.startsWith(`${folder}/`));
  }

  /** Adds an entry again, at another path. */
  copy(entry: Entry, path: string): void {
    const version = this.entries.get(entry.path)?.version ?? '';
    if (entry.type === 'link') this.addLink(path, posix.join(posix.dirname(entry.path), entry.target));
    else this.add({ ...entry, path }, version);
  }

  toList(): EntryList {
    const all = [...this.entries.values()].sort((a, b) => (a.entry.path < b.entry.path ? -1 : 1));
    const size = all.reduce((sum, { entry }) => sum + (entry.type === 'file' ? entry.size : 0), 0);
    const lines = all.map(({ entry, version }) => {
      const { type, path, mode } = entry;
      return JSON.stringify([type, path, mode, type === 'link' ? entry.target : version]);
    });
    return { entries: all.map(({ entry }) => entry), key: contentKeyOf(lines.join('\n')), size };
  }

  private add(entry: Entry, version: string): void {
    if (entry.path === '') return; // the root of the image exists
    const parent = posix.dirname(entry.path);
    if (parent !== '.' && !this.entries.has(parent))
      this.add({ type: 'folder', path: parent, mode: 0o755 }, '');
    this.entries.set(entry.path, { entry, version });
  }
}
