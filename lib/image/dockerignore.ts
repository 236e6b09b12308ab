/** Determines which files of a folder a container engine sees in a build: those that `.dockerignore` does not exclude. Pure. */
import dockerignore from '@balena/dockerignore';

/** Docker always sends these to the build, even if `.dockerignore` excludes them. */
const ALWAYS_INCLUDED = new Set(['Dockerfile', 'Containerfile', '.dockerignore']);

/**
 * Reads a `.dockerignore`. The last matching rule decides, whether it matches the file or a folder that contains the file.
 * @param text the content of the file; empty when there is no such file
 * @returns a function that tells whether the build sees a file; the path is relative to the folder and has slashes
 * @see https://docs.docker.com/build/concepts/context/#dockerignore-files
 */
export function buildContextFilter(text: string): (path: string) => boolean {
  const rules = dockerignore.default({ ignorecase: false }).add(text.split(/\r?\n/).map(escaped));
  return (path) => ALWAYS_INCLUDED.has(path) || !rules.ignores(path);
}

/**
 * Escapes the characters that the package passes to a RegExp although Go's `filepath.Match` takes them literally. To Go, an
 * escaped letter is the letter itself, so the backslash is removed: `\d` does not match a digit.
 * @see https://pkg.go.dev/path/filepath#Match
 */
const escaped = (pattern: string): string =>
  pattern.replace(/\\\w|\\.|\[\^?[^\]]+\]|[+()|{}[\]^\\]/g, (found) => {
    if (/^\\\w/.test(found)) return found.slice(1);
    return found.length > 1 ? found : `\\${found}`;
  });
