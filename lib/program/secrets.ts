/** Decides which files are left out of images because they usually have secrets, such as keys and the variables of developers. Pure. */
import { posix } from 'node:path';
import ignore from 'ignore';
import { buildContextFilter } from '../image/dockerignore.ts';

/** The names of such files and folders. Examples of variables and public keys have no secrets; `hasYarnToken` tells for Yarn. */
const SECRET =
  /^(\.env(\.(?!(example|sample|template)$).+)?|\.npmrc|\.yarnrc\.yml|\.aws|\.ssh|id_(rsa|dsa|ecdsa|ed25519)(_sk)?|.*\.(pem|key))$/;
/** Settings of Yarn that have a token or a password of a registry. */
const YARN_TOKEN = /^\s*["']?npmAuth(Token|Ident)\b/m;

/**
 * Makes the function that tells whether a file or a folder is left out because of its name.
 * @param dockerignore the content of `.dockerignore`; a rule such as `!.env` includes the files that its last part names
 * @returns a function of a path, relative to the folder and with slashes
 */
export function secretFilter(dockerignore: string): (path: string) => boolean {
  const isInContext = buildContextFilter(dockerignore);
  const exceptions = dockerignore
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line.startsWith('!'))
    .map((line) => {
      const last = posix.basename(line.slice(1).trim());
      // A rule for everything, such as `!**`, does not name a file.
      const names = ignore.default({ ignorecase: false }).add(/[^*?]/.test(last) ? last : '');
      return { names, matches: buildContextFilter(`*\n${line}`) };
    });
  return (path) => {
    const name = posix.basename(path);
    if (!SECRET.test(name)) return false;
    return !isInContext(path) || !exceptions.some((one) => one.names.ignores(name) && one.matches(path));
  };
}

/** Whether settings of Yarn have a secret; other settings do not. @param text the content of the file */
export const hasYarnToken = (text: string): boolean => YARN_TOKEN.test(text);
