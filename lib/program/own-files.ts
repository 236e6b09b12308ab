/** Lists the files of a source folder that belong to its program: all that neither `.dockerignore` nor `.gitignore` excludes. */
import { basename, dirname, join, relative, sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { CONFIG_FILE } from '../config/config.ts';
import { kindOf } from '../config/path-kind.ts';
import { readRegularFile } from '../config/regular-file.ts';
import { buildContextFilter } from '../image/dockerignore.ts';
import { listFolder, type Listed } from './disk.ts';
import type { SizeLimit } from './size-limit.ts';
import { isIn } from './packages.ts';
import { hasYarnToken, secretFilter } from './secrets.ts';

/** The names of files and folders that no program needs; packages are listed separately. A changed configuration is no new image. */
const NEVER = new Set(['node_modules', '.git', '.hg', '.svn', '.slipway', CONFIG_FILE, '.DS_Store']);
/** The folders that `build` scripts write to. Git usually ignores them, but the program needs them. */
const BUILD_OUTPUTS = new Set(['dist', 'build', 'out', 'lib', '.next', '.output', '.nuxt', 'public']);
/** Parts of build outputs that no program needs, although they can be large. */
const BUILD_CACHE = /(^|\/)\.next\/(cache|trace|dev)$/;
/** The files that builds write, whose kind Git may therefore ignore. */
const GENERATED = /\.([cm]?js|[cm]?ts|map|css|html|wasm|node)$/;
/** A name that no rule has. */
const ANY = '-any-name-';

/** Which files of a folder to list. */
export interface OwnFilesOptions {
  /** Files that the program needs even if they are ignored, such as `dist/main.js`; relative to the folder, with slashes. */
  readonly needed: readonly string[];
  /** Whether the folder has a `build` script, so that build outputs belong to the program even if Git ignores them. */
  readonly hasBuild: boolean;
  readonly limit: SizeLimit;
}

/** The files of a folder, and what was left out. */
export interface OwnFiles {
  readonly files: readonly Listed[];
  /** The files and folders that Git ignores, relative to the folder, sorted; the content of such a folder is not named. */
  readonly ignored: readonly string[];
  /** The files and folders that are left out because they usually have secrets, in the same form. */
  readonly secrets: readonly string[];
}

/** The rules of one `.gitignore`. */
interface GitRules {
  readonly folder: string;
  readonly rules: Ignore;
}

/**
 * Lists the files of a folder, without its packages.
 * @param folder absolute
 * @throws PACKAGE when they are too large
 * @see https://git-scm.com/docs/gitignore
 */
export async function ownFiles(
  folder: string,
  { needed, hasBuild, limit }: OwnFilesOptions,
): Promise<OwnFiles> {
  const dockerignore = await textOf(join(folder, '.dockerignore'));
  const isInContext = buildContextFilter(dockerignore ?? '');
  // A rule such as `!logs/keep.txt` includes a file again, although its folder is ignored.
  const hasExceptions = /^\s*!/m.test(dockerignore ?? '');
  const git = await GitIgnore.above(folder);
  const ignored: string[] = [];
  const pathOf = (path: string) => relative(folder, path).split(sep).join('/');
  const isIgnored = async (path: string, isFolder: boolean) =>
    !isInContext(pathOf(path)) || (await git.ignores(path, isFolder));
  const forced = await neededFolders(folder, needed, isIgnored);
  const isLeftOut = secretFilter(dockerignore ?? '');
  const secrets: string[] = [];
  const includes = async (entry: Listed): Promise<boolean> => {
    if (!(await belongs(entry))) return false;
    const name = pathOf(entry.path);
    if (!isLeftOut(name)) return true;
    if (basename(name) === '.yarnrc.yml' && !hasYarnToken((await textOf(entry.path)) ?? '')) return true;
    if (isInContext(name)) secrets.push(name);
    return false;
  };
  const belongs = async ({ path, type }: Listed): Promise<boolean> => {
    const name = pathOf(path);
    if (NEVER.has(basename(path)) || BUILD_CACHE.test(name)) return false;
    const isFolder = type === 'folder';
    if (forced.some((other) => isInside(other, name))) return true;
    const output = forced.find((other) => isInside(name, other));
    if (output !== undefined) {
      if (needed.includes(name)) return true;
      // Rules for the whole folder do not count, since the program needs it, but those for what is in it do.
      if (isInContext(output) && !isInContext(name) && !(isFolder && hasExceptions)) return false;
      const isIgnoredInside = await git.ignoresInside(join(folder, output), path, isFolder);
      if (isIgnoredInside) ignored.push(name);
      return !isIgnoredInside;
    }
    const isOutput = hasBuild && isFolder && BUILD_OUTPUTS.has(name) && isInContext(name);
    // A rule such as `dist/*` ignores all that is in the folder.
    if (isOutput && ((await git.ignores(path, true)) || (await git.ignores(join(path, ANY), false))))
      return (forced.push(name), true);
    if (await git.ignores(path, isFolder)) return (ignored.push(name), false);
    return isInContext(name) || (isFolder && hasExceptions);
  };
  const files = await listFolder(folder, limit, includes);
  return { files, ignored: ignored.sort(), secrets: secrets.sort() };
}

const isInside = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

/** For each needed file that is ignored, returns the outermost folder that is, or else the file itself. */
async function neededFolders(
  folder: string,
  needed: readonly string[],
  isIgnored: (path: string, isFolder: boolean) => Promise<boolean>,
): Promise<string[]> {
  const found: string[] = [];
  for (const file of needed) {
    const parts = file.split('/');
    for (let count = 1; count <= parts.length; count += 1) {
      const name = parts.slice(0, count).join('/');
      if (!(await isIgnored(join(folder, name), kindOf(join(folder, name)) === 'folder'))) continue;
      found.push(name);
      break;
    }
  }
  return found;
}

/** The `.gitignore` files that apply to a folder: its own, those of its subfolders and those above it in its repository. */
class GitIgnore {
  private readonly above: readonly GitRules[];
  private readonly below = new Map<string, Promise<GitRules | undefined>>();
  private readonly folder: string;

  private constructor(folder: string, above: readonly GitRules[]) {
    this.folder = folder;
    this.above = above;
  }

  static async above(folder: string): Promise<GitIgnore> {
    const found: GitRules[] = [];
    for (let current = folder; kindOf(join(current, '.git')) === undefined;) {
      const parent = dirname(current);
      if (parent === current) return new GitIgnore(folder, []); // not in a repository
      current = parent;
      const rules = await rulesIn(current);
      if (rules) found.push(rules);
    }
    const all = new GitIgnore(folder, found);
    // A repository may ignore a whole folder, such as a scratch folder: then its rules say nothing about the files in it.
    return (await all.ignores(folder, true)) ? new GitIgnore(folder, []) : all;
  }

  /** Whether Git ignores a file or a folder whose own folder it does not ignore. The closest rule decides. */
  async ignores(path: string, isFolder: boolean): Promise<boolean> {
    for (const { folder, rules } of await this.rulesFor(path)) {
      const name = relative(folder, path).split(sep).join('/');
      const { ignored, unignored } = rules.test(isFolder ? `${name}/` : name);
      if (ignored || unignored) return ignored;
    }
    return false;
  }

  /**
   * Whether Git ignores something in build output by its own name. Rules for all files, or for all files of a kind that builds
   * write, are there because of the build output.
   */
  async ignoresInside(output: string, path: string, isFolder: boolean): Promise<boolean> {
    if (isFolder && (BUILD_OUTPUTS.has(basename(path)) || basename(path) === basename(output))) return false;
    const all = await this.rulesFor(path);
    const matches = (one: string): boolean => {
      for (const { folder, rules } of all) {
        // A folder that no rule names stands for the output, so that only rules for names at every depth match.
        const name = isIn(folder, output) ? relative(folder, one) : join(ANY, relative(output, one));
        const { ignored, unignored } = rules.test(name.split(sep).join('/') + (isFolder ? '/' : ''));
        if (ignored || unignored) return ignored;
      }
      return false;
    };
    const kind = GENERATED.exec(path)?.[0] ?? '';
    return matches(path) && ![ANY, ANY + kind].some((other) => matches(join(dirname(path), other)));
  }

  private async rulesFor(path: string): Promise<GitRules[]> {
    const found: (GitRules | undefined)[] = [];
    for (let current = path; current !== this.folder && current.startsWith(this.folder);) {
      current = dirname(current);
      const rules = this.below.get(current) ?? rulesIn(current);
      this.below.set(current, rules);
      found.push(await rules);
    }
    return [...found, ...this.above].filter((rules) => rules !== undefined);
  }
}

async function rulesIn(folder: string): Promise<GitRules | undefined> {
  const text = await textOf(join(folder, '.gitignore'));
  return text === undefined ? undefined : { folder, rules: ignore.default({ ignorecase: false }).add(text) };
}

const textOf = (path: string): Promise<string | undefined> => readRegularFile(path).catch(() => undefined);
