/** The command `slipway` of the package: checks the version of Node, then loads the rest, which an old version cannot run. */
const REQUIRED = [20, 19] as const;
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major > REQUIRED[0] || (major === REQUIRED[0] && minor >= REQUIRED[1])) {
  await import('./run.ts');
} else {
  process.stderr.write(
    `\nproblem  Slipway needs Node ${REQUIRED.join('.')} or newer. [NODE]\n  why    This is Node ${process.versions.node}.\n  now    Nothing was changed.\n  to do  Install a newer version of Node, then run the command again.\n`,
  );
  process.exitCode = 1;
}
