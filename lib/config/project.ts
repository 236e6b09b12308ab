/** Finds the project of a configuration that does not name one: the address of its git remote, or else the name of its package. */
import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';

/** Matches the characters that AWS does not allow in the value of a tag: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions */
const NOT_IN_A_TAG = /[^\p{L}\p{N} +\-=._:/@]/gu;
const MAX_LENGTH = 256;

/**
 * Returns the project of a folder. It is the same in every clone of a repository, whether over SSH or HTTPS.
 * @returns e.g. `github.com/acme/shop`, or the name in the nearest package.json; undefined when there is neither
 */
export async function projectOf(folder: string): Promise<string | undefined> {
  const project = (await gitProject(folder)) ?? (await packageName(folder));
  return project?.replace(NOT_IN_A_TAG, '_').slice(0, MAX_LENGTH) || undefined;
}

/** Returns the project that the remote `upstream` names, or else the one that `origin` names. All forks have the same upstream. */
async function gitProject(folder: string): Promise<string | undefined> {
  const remotes = remotesIn((await nearest(folder, '.git', readGitConfig)) ?? '');
  return projectOfUrl(remotes.get('upstream') ?? remotes.get('origin') ?? '');
}

/**
 * Reads the configuration of a repository. Git itself is not run: it may be missing, and it refuses to read the repository of
 * another user, which is common in containers.
 * @param path `.git`: a folder or, in a worktree or a submodule, a file that names the folder
 * @see https://git-scm.com/docs/gitrepository-layout
 */
async function readGitConfig(path: string): Promise<string | undefined> {
  const [, linkedFolder] = /^gitdir: (.*)/.exec((await readText(path)) ?? '') ?? [];
  const gitFolder = linkedFolder === undefined ? path : resolve(dirname(path), linkedFolder.trim());
  const commonFolder = (await readText(join(gitFolder, 'commondir')))?.trim() ?? '';
  return readText(resolve(gitFolder, commonFolder, 'config'));
}

/** Returns the URL of each remote in a git configuration. */
function remotesIn(text: string): Map<string, string> {
  const remotes = new Map<string, string>();
  let remoteName: string | undefined;
  for (const line of text.split('\n')) {
    if (/^\s*\[/.test(line)) [, remoteName] = /^\s*\[remote "(.*)"\]/.exec(line) ?? [];
    const [, url] = /^\s*url\s*=\s*"?([^"]*?)"?\s*$/.exec(line) ?? [];
    if (remoteName !== undefined && url !== undefined && !remotes.has(remoteName))
      remotes.set(remoteName, url);
  }
  return remotes;
}

/** Returns the host and the path of a remote's URL, without credentials; undefined if the remote is a folder on this machine. */
export function projectOfUrl(url: string): string | undefined {
  const [, host, path] =
    /^[a-z+]+:\/\/(?:[^@/]*@)?([^/:]+)(?::\d+)?\/+(.+)$/i.exec(url) ??
    /^(?:[^@/:]*@)?([^/:]{2,}):(?!\/\/)\/*(.+)$/.exec(url) ??
    [];
  if (host === undefined || path === undefined) return undefined;
  return `${host.toLowerCase()}/${path.replace(/\/+$/, '').replace(/\.git$/, '')}`;
}

const packageName = (folder: string): Promise<string | undefined> =>
  nearest(folder, 'package.json', async (path) => {
    try {
      const { name } = JSON.parse((await readText(path)) ?? '{}') as { name?: unknown };
      return typeof name === 'string' && name !== '' ? name : undefined;
    } catch {
      return undefined;
    }
  });

/** Reads the file of this name in a folder. If `read` finds nothing there, tries the folders above it, the nearest first. */
async function nearest(
  folder: string,
  name: string,
  read: (path: string) => Promise<string | undefined>,
): Promise<string | undefined> {
  if (!isAbsolute(folder)) throw new Error(`${folder} is not an absolute path`);
  const found = await read(join(folder, name));
  const parent = dirname(folder);
  return found ?? (parent === folder ? undefined : nearest(parent, name, read));
}

/** Returns the text of a file; undefined when it cannot be read. */
const readText = (path: string): Promise<string | undefined> => readFile(path, 'utf8').catch(() => undefined);
