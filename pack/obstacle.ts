/** Finds what keeps the command of the package from running: an old version of Node, or Yarn's Plug and Play. Pure. */

const REQUIRED = [20, 19] as const;

/** Formats a problem as the commands do, which an old version of Node cannot load. */
const problemLines = (what: string, why: string, fix: string): string =>
  `\nproblem  ${what}\n  why    ${why}\n  now    Nothing was changed.\n  to do  ${fix}\n`;

/**
 * Returns the problem to print; undefined if the command can run.
 * @param versions the versions of Node and of its parts; `pnp` is that of the loader of Yarn
 * @param prefix the words before the name of a command
 * @see https://yarnpkg.com/features/pnp
 */
export function obstacleFor(
  versions: { readonly node: string; readonly pnp?: string },
  prefix: string,
): string | undefined {
  const [major = 0, minor = 0] = versions.node.split('.').map(Number);
  if (major < REQUIRED[0] || (major === REQUIRED[0] && minor < REQUIRED[1]))
    return problemLines(
      `Slipway needs Node ${REQUIRED.join('.')} or newer. [NODE]`,
      `This is Node ${versions.node}.`,
      'Install a newer version of Node, then run the command again.',
    );
  // Its file system neither syncs files nor shows the packages that an image needs.
  if (versions.pnp !== undefined)
    return problemLines(
      "Slipway cannot run with Yarn's Plug and Play. [NODE]",
      'Plug and Play keeps packages in archives, and replaces the file system of Node.',
      `Set nodeLinker: node-modules in .yarnrc.yml, run yarn install, then run ${prefix} again.`,
    );
  return undefined;
}
