/** The files of a program as its image contains them: two lists of entries, one for the dependencies and one for the program. */

/** A folder, a file or a symbolic link of an image. */
export type Entry = FolderEntry | FileEntry | LinkEntry;

interface EntryPlace {
  /** The path in the image, with slashes, relative to the image's root: `app/server.js`. It never contains `.` or `..`. */
  readonly path: string;
  /** The permission bits: 0o755 for folders and executable files, otherwise 0o644; 0o777 for links; 0o1777 for `tmp`. */
  readonly mode: number;
}

export interface FolderEntry extends EntryPlace {
  readonly type: 'folder';
}

export interface FileEntry extends EntryPlace {
  readonly type: 'file';
  /** Bytes. `read` yields exactly as many. */
  readonly size: number;
  /** The path of the file on disk, absolute; undefined if it is only in memory. */
  readonly source?: string;
  /**
   * Reads the file, as often as it is called. Chunks of large files are read one at a time.
   * @throws PACKAGE if the file is no longer as it was when it was listed
   */
  read(): AsyncIterable<Uint8Array>;
}

export interface LinkEntry extends EntryPlace {
  readonly type: 'link';
  /** Relative to the folder of the link, with slashes. It leads to another entry of the image. */
  readonly target: string;
}

/** The entries of one layer. */
export interface EntryList {
  /** Sorted by path, so that a folder precedes its content. Every folder of a path is an entry, too. */
  readonly entries: readonly Entry[];
  /** 64 hexadecimal digits: the same key means the same entries. It is found without reading files, so it is no hash of bytes. */
  readonly key: string;
  /** The total size of the files, bytes. */
  readonly size: number;
}

/** A program as it is packaged. */
export interface PackagedFiles {
  /** The installed packages. It has no entries if the program has no dependencies. */
  readonly dependencies: EntryList;
  /** Everything else. A path is in one of the two lists only, except for folders. */
  readonly program: EntryList;
  /** One sentence for each difference between the image and the folder, such as files that are left out. */
  readonly notes: readonly string[];
  /** The sources on disk outside of the program's folder, absolute: folders of packages of the workspace, and imported files. */
  readonly outside: { readonly folders: readonly string[]; readonly files: readonly string[] };
}
