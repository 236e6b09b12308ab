/** Selects the RUN steps of a Dockerfile that change the program's surroundings, which a packaged image does not repeat. Pure. */
import { posix } from 'node:path';
import { isBuildStep } from './package-scripts.ts';
import { commandsIn, simpleCommand } from './shell-words.ts';

/** Programs whose effect an image has anyway: folders, owners and users, and tools for package managers. */
const WITHOUT_EFFECT =
  /^(?:addgroup|adduser|chgrp|chmod|chown|corepack|groupadd|groupmod|mkdir|rm|set|useradd|usermod|cd|ls|true|:|touch|pwd|whoami|export|install)$/;
/** System packages that only help to build, to start or to check a container. */
const HELPERS =
  /^(?:bash|build-base|build-essential|ca-certificates|curl|dumb-init|g\+\+|gcc|git|libc6-compat|make|python3?|tini|tzdata|wget)$/;
const PACKAGE_TOOLS = /^(?:apk|apt|apt-get|aptitude|dnf|yum|microdnf)$/;

/** Returns the commands of RUN steps that the packaged image lacks. */
export const missingSteps = (runs: readonly string[]): string[] =>
  runs.flatMap((run) => commandsIn(run)).filter((command) => command !== '' && !isHarmless(command));

function isHarmless(command: string): boolean {
  const [program = '', ...args] = simpleCommand(command)?.words ?? command.split(/\s+/);
  const name = posix.basename(program);
  if (isBuildStep(command) || WITHOUT_EFFECT.test(name)) return true;
  const plain = args.filter((word) => !word.startsWith('-'));
  const [verb = '', ...rest] = plain;
  if (PACKAGE_TOOLS.test(name))
    return (
      !/^(?:add|install)$/.test(verb) || rest.every((word) => HELPERS.test(word) || word.startsWith('.'))
    );
  return /^(?:npm|pnpm|yarn)$/.test(name) && isForPackages(verb, args);
}

/** Whether a command of a package manager only prepares packages, which are packaged as installed. */
const isForPackages = (verb: string, args: readonly string[]): boolean =>
  /^(?:cache|prune|config|set|ci|rebuild|fetch|audit|fund|dedupe|deploy)$/.test(verb) ||
  (/^(?:i|install|add|global)$/.test(verb) &&
    !args.some((word) => word === '-g' || word === '--global' || word === 'global')) ||
  // The package managers themselves.
  args.some((word) => /^(?:npm|pnpm|yarn|corepack)(?:@|$)/.test(word));
