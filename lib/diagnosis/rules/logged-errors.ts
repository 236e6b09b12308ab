/** Rules for logged errors whose cause is in the program's surroundings: ports, files, modules, variables. Pure. */
import type { Container } from '../../config/config.ts';
import type { Cause } from '../rule.ts';
import type { ExitContext } from './exits.ts';

interface LoggedContext extends ExitContext {
  readonly match: RegExpExecArray;
  readonly configured: Container | undefined;
}

/** One kind of error in a log. */
interface LoggedKind {
  readonly pattern: RegExp;
  /** Returns undefined if the match proves nothing. */
  cause(context: LoggedContext): (Pick<Cause, 'what' | 'fix'> & { isPermanent?: boolean }) | undefined;
}

const tail = (path: string): string => path.split('/').at(-1) ?? path;

/** Whether the command of a container names a file, with or without its folder. */
const isInCommand = ({ configured }: LoggedContext, path: string): boolean =>
  (configured?.command ?? []).some((word) => tail(word) === tail(path) || `${tail(word)}.js` === tail(path));

export const LOGGED_KINDS: readonly LoggedKind[] = [
  {
    pattern: /exec format error/i,
    cause: ({ name, facts: { architecture } }) => ({
      what: `the program of ${name} is not built for linux/${architecture}`,
      fix: [`Build the image of ${name} for linux/${architecture}.`],
      isPermanent: true,
    }),
  },
  {
    pattern:
      /EADDRINUSE[^\n]{0,300}?[:\s](?<port>\d{1,5})(?![.\d:])|(?:address already in use|Address in use)[^\n]{0,300}?(?<other>:\d{1,5})?/i,
    cause: ({ name, match, configured, task, facts: { service } }) => {
      const digits = (match.groups?.['port'] ?? match.groups?.['other'] ?? '').replace(':', '');
      const taken = digits === '' ? undefined : Number(digits);
      const listening = task.containers.find(
        (other) => other.name !== name && other.listeners?.some(({ port }) => port === taken),
      );
      const holder =
        listening ??
        service.containers.find((container) => container.name !== name && container.port === taken);
      const portOfHolder = service.containers.find((container) => container.name === holder?.name)?.port;
      const where = taken === undefined ? 'its port' : `port ${taken}`;
      const isWrong = (port: number | undefined) =>
        port !== undefined && taken !== undefined && port !== taken;
      const [wrong, port] = isWrong(configured?.port)
        ? [name, configured?.port]
        : isWrong(portOfHolder)
          ? [holder?.name, portOfHolder]
          : [];
      return {
        what: [
          `${name} cannot listen on ${where}: ${holder ? `${holder.name} already listens there` : 'the port is taken'}`,
          ...(wrong === undefined ? [] : [`and port of ${wrong} is ${port}`]),
        ].join(', '),
        fix: [
          wrong === undefined
            ? 'Make every program in the task listen on a different port.'
            : `Make ${wrong} listen on ${port}, for example on process.env.PORT.`,
        ],
        isPermanent: true,
      };
    },
  },
  {
    pattern:
      /EACCES[^\n]{0,300}?(?::|port )(?<port>\d{1,4})\b|Permission denied[^\n]{0,300}?bind|bind[^\n]{0,300}?[Pp]ermission denied/,
    cause: ({ name, match, configured }) => {
      const port = Number(match.groups?.['port'] ?? configured?.port);
      if (!(port < 1024)) return undefined;
      return {
        what: `${name} may not listen on port ${port}: only root may use ports below 1024`,
        fix: [`Choose a port of 1024 or higher for ${name}, or set user of ${name} to root.`],
        isPermanent: true,
      };
    },
  },
  {
    pattern:
      /EROFS(?:[^\n]{0,300}?'(?<path>[^']+)')?|[Rr]ead-only file ?system(?:[^\n]{0,300}?'(?<other>[^']+)')?/,
    cause: ({ name, match, configured }) => {
      const path = match.groups?.['path'] ?? match.groups?.['other'];
      return {
        what: `${name} writes ${path === undefined ? 'to its root file system' : `to ${path}`}, which is read-only`,
        fix: [
          `Add the folder to writable of ${name}, set readOnlyRoot: false for it, or make it write only to services outside the task.`,
        ],
        isPermanent: configured?.readOnlyRoot ?? true,
      };
    },
  },
  {
    pattern: /ENOSPC|[Nn]o space left on device/,
    cause: ({ name }) => ({
      what: `${name} filled the disk of its task (20 GiB)`,
      fix: [`Make ${name} write less, or remove what it no longer needs.`],
    }),
  },
  {
    pattern: /EACCES[^\n]{0,300}?'(?<path>\/[^']+)'|PermissionError: [^\n]{0,300}?'(?<other>[^']+)'/,
    cause: ({ name, match, configured }) => {
      const path = match.groups?.['path'] ?? match.groups?.['other'] ?? '';
      const folder = configured?.writable?.find((one) => path === one || path.startsWith(`${one}/`));
      return {
        what: `${name} may not access ${path}${configured?.user === undefined ? '' : ` as user ${configured.user}`}`,
        fix: [
          folder === undefined
            ? `Give that user access in the image, or set another user for ${name}.`
            : `Give ${folder} to that user in the Dockerfile of ${name}, and declare it with VOLUME ${folder}: otherwise it belongs to root.`,
        ],
      };
    },
  },
  {
    pattern:
      /Cannot find module '(?<path>\/[^']+)'\s*\n|can't open file '(?<python>[^']+)'|(?:^|\n)(?:[\w/.-]*sh): (?:line )?(?:\d+: )?(?<shell>\S+): not found|sh: (?<bash>\S+): command not found|Unable to access jarfile (?<jar>\S+)/,
    cause: (context) => {
      const { path, python, shell, bash, jar } = context.match.groups ?? {};
      const missing = path ?? python ?? shell ?? bash ?? jar ?? '';
      const isNamed = isInCommand(context, missing);
      const shown = isNamed ? tail(missing) : missing;
      if (path !== undefined && !isNamed) return undefined;
      return {
        what: `the image of ${context.name} contains no \`${shown}\`${isNamed ? ', which its command names' : ''}`,
        fix: [
          isNamed
            ? `Correct command of ${context.name}, or add ${shown} to its image.`
            : `Add ${shown} to the image of ${context.name}, or correct what starts it.`,
        ],
        isPermanent: true,
      };
    },
  },
  {
    pattern:
      /Cannot find (?:module|package) '(?<module>[^'./][^']*)'|(?:ModuleNotFoundError|ImportError): No module named '?(?<python>[\w.]+)/,
    cause: ({ name, match, exitCode }) => {
      const module = match.groups?.['module'] ?? match.groups?.['python'];
      return {
        what: `${name} exited with code ${exitCode}: its image contains no module \`${module}\``,
        fix: [`Install ${module} in the image of ${name}: list it in its dependencies.`],
        isPermanent: true,
      };
    },
  },
  {
    pattern:
      /\b(?<name>[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b[^\n]{0,20}?(?:is not set|not set|is missing|is required|must be set|is undefined|is not defined|is empty)|(?:[Mm]issing|[Rr]equired?)[^\n]{0,40}?(?:variable|env)[^\n]{0,10}?\b(?<other>[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)\b|KeyError: '(?<python>[A-Z][A-Z0-9_]+)'/,
    cause: ({ name, match, exitCode, configured }) => {
      const variable = match.groups?.['name'] ?? match.groups?.['other'] ?? match.groups?.['python'] ?? '';
      if (variable in (configured?.environment ?? {})) return undefined;
      return {
        what: `${name} exited with code ${exitCode}: the environment variable ${variable} is not set`,
        fix: [`Set ${variable} in environment of ${name}.`],
      };
    },
  },
];
