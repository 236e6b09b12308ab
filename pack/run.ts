/** Runs a command of the package, `slipway provision …`: its programs are compiled already. */
import { join } from 'node:path';
import { keepCachesIn } from '../build/code-cache.js';
import { readCommandLine, verbList } from '../build/command-line.js';
import { startProgram } from '../build/start-program.js';
import { commandPrefix } from '../build/typed-command.js';
import { printCompletion } from './print-completion.ts';

/** The folder of this file in the package, with the programs. */
const DIST = import.meta.dirname;
/** The folder in which programs of a project keep their caches; the package itself stays as it was installed. */
const CACHE = join(DIST, '../../.cache/slipway');
/** Identifies this build. Its compilation replaces the variable. */
const BUILD = process.env['SLIPWAY_BUILD'] ?? '';

const prefix = commandPrefix();
const commands = `${verbList((name) => `${prefix} ${name}`)}`;
const helpText = `Commands:\n${commands}\nTo list the options of a command: ${prefix} <command> --help\nTo complete commands in a shell: ${prefix} completion --help\n`;
const argv = process.argv.slice(2);

if (argv[0] === 'completion') printCompletion(DIST, argv.slice(1), prefix);
const { verb, args } = readCommandLine(argv.length === 0 ? ['--help'] : argv, {
  root: join(DIST, '..'),
  helpText,
  helpCommand: `${prefix} --help`,
});

// If the umask masked the owner's bits, this process could not enter the folders that it creates.
process.umask(process.umask() & 0o077);
if (verb) {
  keepCachesIn(DIST, join(CACHE, BUILD));
  startProgram(DIST, verb, args);
}
