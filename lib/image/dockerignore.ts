/** Which files of a folder a container engine takes into a build: what `.dockerignore` leaves. Pure. */

interface Rule {
  readonly includes: boolean;
  readonly pattern: RegExp;
}

/**
 * Reads a `.dockerignore`. The last rule that names a file, or a folder that it is in, decides; `**` stands for any
 * number of folders, and the Dockerfile and `.dockerignore` itself are always taken.
 * @param text of the file; empty when there is none
 * @returns whether a file is taken, by its path from the folder, with slashes
 * @see https://docs.docker.com/build/concepts/context/#dockerignore-files
 */
export function taken(text: string): (path: string) => boolean {
  const rules = text.split(/\r?\n/).flatMap(ruleOf);
  return (path) => {
    if (ALWAYS.has(path)) return true;
    const parts = path.split('/');
    const paths = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
    const last = rules.findLast(({ pattern }) => paths.some((one) => pattern.test(one)));
    return last?.includes ?? true;
  };
}

const ALWAYS = new Set(['Dockerfile', 'Containerfile', '.dockerignore']);

function ruleOf(line: string): Rule[] {
  if (line.startsWith('#')) return [];
  const [, not = '', rest = ''] = /^\s*(!?)\s*(.*?)\s*$/.exec(line) ?? [];
  const parts = rest.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.length === 0) return [];
  return [{ includes: not === '!', pattern: patternOf(parts) }];
}

/** Go's `filepath.Match`, and `**`. @see https://pkg.go.dev/path/filepath#Match */
function patternOf(parts: readonly string[]): RegExp {
  const inner = parts.map((part, index) => {
    const last = index === parts.length - 1;
    if (part === '**') return last ? '.*' : '(?:.*/)?';
    return wildcards(part) + (last ? '' : '/');
  });
  return new RegExp(`^${inner.join('')}$`, 's');
}

const wildcards = (part: string): string =>
  part.replace(/\*\*|\*|\?|\[\^?[^\]]+\]|\\(.)|[.+^${}()|[\]\\]/g, (found, escaped: string | undefined) => {
    if (found === '**') return '.*';
    if (found === '*') return '[^/]*';
    if (found === '?') return '[^/]';
    if (found.length > 2 && found.startsWith('[')) return found;
    return (escaped ?? found).replace(/\W/, '\\$&');
  });
