/** Finds where a program listens: the calls of `listen` in its source, and the defaults of frameworks that are started by a command. Pure. */
import { listenArguments, partsOf } from './port-expression.ts';
import type { SourceFile } from './source-files.ts';
import { argumentsAt } from './source-text.ts';

/** A place where a program listens. */
export interface Listening {
  /** The port, if the program or its command names one. */
  readonly port: number | undefined;
  /** The environment variables that decide the port, the first that is set; empty if it is fixed. */
  readonly variables: readonly string[];
  /** The address, if it is known: `127.0.0.1` and `localhost` can only be reached from the same task. */
  readonly host: string | undefined;
  /** The environment variable that decides the address. */
  readonly hostVariable: string | undefined;
  /** The evidence, e.g. `listen(3000) in server.js`. */
  readonly evidence: string;
}

/** Calls that start a server, each with the kind of its arguments. */
const CALLS = [
  { pattern: /(?:\.\s*|\bawait\s+)listen\s*\(/g, shown: 'listen' },
  { pattern: /\bnew\s+(?:[\w$]+\.)?WebSocketServer\s*\(/g, shown: 'new WebSocketServer' },
  { pattern: /\bBun\.serve\s*\(/g, shown: 'Bun.serve' },
] as const;
/** `serve` is a common name, so it counts only if it is imported from the server of Hono or srvx. */
const SERVE = { pattern: /(?<![\w.$])serve\s*\(/g, shown: 'serve' };
const SERVE_PACKAGE = /['"](?:@hono\/node-server|srvx)['"]/;

/** The maximum length of an expression in the evidence. */
const MAX_SHOWN = 48;

/** Returns every place where the source files listen on a TCP port. */
export function listeningIn(files: readonly SourceFile[]): Listening[] {
  return files.flatMap((file) => {
    const others = files.filter((other) => other !== file);
    const calls = SERVE_PACKAGE.test(file.text) ? [...CALLS, SERVE] : CALLS;
    const isFastify = /['"]fastify['"]|@nestjs\/platform-fastify/.test(file.text);
    return calls.flatMap(({ pattern, shown }) =>
      [...file.text.matchAll(pattern)].flatMap((match) => {
        const args = argumentsAt(file.text, match.index + match[0].length);
        const call = listenArguments(args);
        const port = partsOf(call.port ?? '', [file, ...others]);
        const host = partsOf(call.host ?? '', [file, ...others]);
        const number = port.literals.map(portIn).find((value) => value !== undefined);
        // A path of a Unix socket, a port that the system chooses, and a call that is not about a port.
        if (port.variables.length === 0 && number === undefined && port.literals.length > 0) return [];
        if (port.variables.length === 0 && number === undefined && shown === 'new WebSocketServer') return [];
        return [
          {
            port: number,
            variables: port.variables,
            host: host.literals[0] ?? (isFastify && call.host === undefined ? 'localhost' : undefined),
            hostVariable: host.variables[0],
            evidence: `${shown}(${excerpt(call.port ?? '')}) in ${file.shown}`,
          },
        ];
      }),
    );
  });
}

/** Returns the port of a literal; undefined for anything else, and for 0. */
function portIn(literal: string): number | undefined {
  const port = /^\d{1,5}$/.test(literal) ? Number(literal) : 0;
  return port > 0 && port < 65_536 ? port : undefined;
}

const excerpt = (expression: string): string => {
  const text = expression.replace(/\s+/g, ' ');
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN - 1)}…`;
};

/** Commands that start a server without a call in the program's own source, with their default ports. They read PORT. */
const SERVER_COMMANDS: readonly { readonly words: RegExp; readonly port: number }[] = [
  { words: /(?:^|[\s/])next(?:\/dist\/bin\/next)? start\b/, port: 3000 },
  { words: /\.next\/standalone|(?:^|\s)\.output\/server\/index\.mjs/, port: 3000 },
  { words: /(?:^|[\s/])(?:react-router-serve|remix-serve)\b/, port: 3000 },
  { words: /(?:^|[\s/])serve(?:\s|$)/, port: 3000 },
  { words: /(?:^|[\s/])http-server\b/, port: 8080 },
  { words: /(?:^|[\s/])strapi start\b/, port: 1337 },
];

/** Returns where a command listens; undefined if it is not the command of a known server. */
export function listeningOfCommand(command: readonly string[]): Listening | undefined {
  const text = command.join(' ');
  const server = SERVER_COMMANDS.find(({ words }) => words.test(text));
  if (!server) return undefined;
  const [, flag] = /(?:\s-p|\s--port)[ =](\d{1,5})\b/.exec(text) ?? [];
  const port = flag === undefined ? server.port : Number(flag);
  return {
    port,
    variables: flag === undefined ? ['PORT'] : [],
    host: undefined,
    hostVariable: undefined,
    evidence: flag === undefined ? `the default port of ${excerpt(text)}` : excerpt(text),
  };
}

/** Whether an address can be reached only from the same machine or task. */
export const isLoopback = (host: string | undefined): boolean =>
  host !== undefined && /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host);
