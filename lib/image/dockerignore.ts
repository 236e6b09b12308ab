/** Tells which files of a folder a container engine sees in a build: those that `.dockerignore` does not exclude. Pure. */
import dockerignore from '@balena/dockerignore';

/** Docker sends these to the build whatever `.dockerignore` says. */
const ALWAYS = new Set(['Dockerfile', 'Containerfile', '.dockerignore']);

/**
 * Reads a `.dockerignore`. Of the rules that match a file, or a folder that it is in, the last one decides.
 * @param text the content of the file; empty when there is no such file
 * @returns a predicate: whether the build sees the file at a path, relative to the folder and with slashes
 * @see https://docs.docker.com/build/concepts/context/#dockerignore-files
 */
export function buildContextFilter(text: string): (path: string) => boolean {
  const rules = dockerignore.default({ ignorecase: false }).add(text.split(/\r?\n/).map(escaped));
  return (path) => ALWAYS.has(path) || !rules.ignores(path);
}

/**
 * Escapes what the package would otherwise pass to a RegExp, although Go's `filepath.Match` takes it literally. An escaped
 * letter is that letter: `\d` is not a digit.
 * @see https://pkg.go.dev/path/filepath#Match
 */
const escaped = (pattern: string): string =>
  pattern.replace(/\\\w|\\.|\[\^?[^\]]+\]|[+()|{}[\]^\\]/g, (found) => {
    if (/^\\\w/.test(found)) return found.slice(1);
    return found.length > 1 ? found : `\\${found}`;
  });
