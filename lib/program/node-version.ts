/** Finds the version of Node that a program expects, and whether an image contains Node. Pure. */
import { posix } from 'node:path';
import { parseJson, record, type FolderView } from './folder-view.ts';
import type { ProgramBase } from './start.ts';

/** Names of images that contain Node, e.g. `node`, `nodejs20-debian12` or `nodejs-20`. */
const NODE_IMAGE = /^(?:node|nodejs(?:-?\d+)?(?:-[\w.-]+)?|typescript-node|javascript-node)$/;

/** Images of operating systems, on which a Dockerfile installs Node. */
const SYSTEM_IMAGE =
  /^(?:alpine|amazonlinux|bash|buildpack-deps|busybox|centos|debian|fedora|rockylinux|ubi\d*(?:-\w+)?|ubuntu)$/;

/** Returns the base that a program needs: a Node program on the image of an operating system needs Node's image. */
export function neededBase(reference: string, view: FolderView): ProgramBase {
  const base = baseOf(reference);
  const [name = ''] = posix.basename(reference).split(/[:@]/);
  const isNode = base.kind === 'other' && SYSTEM_IMAGE.test(name) && view.kindOf('package.json') === 'file';
  return isNode ? { kind: 'node', major: undefined } : base;
}

/**
 * Returns the base of a Dockerfile's image.
 * @param reference e.g. `node:20-alpine` or `gcr.io/distroless/nodejs20-debian12`
 */
export function baseOf(reference: string): ProgramBase {
  const [name = '', tag = ''] = posix.basename(reference.replace(/@sha256:.*$/, '')).split(':');
  if (!NODE_IMAGE.test(name)) return { kind: 'other', reference };
  const [, major] = /^nodejs-?(\d+)/.exec(name) ?? /^(?:\d+-)?v?(\d+)(?=[.-]|$)/.exec(tag) ?? [];
  return { kind: 'node', major: major === undefined ? undefined : Number(major) };
}

/** Whether a reference names more than a major version: a digest, or a version such as 22.11. An image for the major differs from it. */
export const isPinned = (reference: string): boolean =>
  reference.includes('@sha256:') || /:(?:\d+-)?v?\d+\.\d/.test(posix.basename(reference));

/** Returns the major version that the files of a folder ask for; undefined if they accept several, or name none. */
export function nodeVersionOf(view: FolderView): number | undefined {
  const named = ['.nvmrc', '.node-version'].map(
    (file) => /^v?(\d+)/.exec(view.read(file)?.trim() ?? '')?.[1],
  );
  const { node } = record(record(parseJson(view.read('package.json') ?? ''))['engines']);
  const required = /^[v~^=]*(\d+)(?:\.[\dx*]+)*$/.exec(typeof node === 'string' ? node.trim() : '')?.[1];
  const [version] = [...named, required].filter((one) => one !== undefined);
  return version === undefined ? undefined : Number(version);
}
