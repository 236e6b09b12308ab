/** The programs of the deploys: one that works, and variations of it that each have one fault. */

/** Parts of the program that works, which a variation replaces. */
interface Parts {
  /** The code before the server is made. */
  readonly first?: string;
  /** The code that answers a request; `request` and `response` are in scope. */
  readonly answer?: string;
  /** The code that listens. */
  readonly listen?: string;
  /** The code that handles SIGTERM. */
  readonly stop?: string;
  readonly last?: string;
}

const LISTEN = "server.listen(port, '0.0.0.0', () => console.log('listening on', port));";

/** Returns a server that answers every path with its version. */
export const server = ({ first = '', answer = '', listen = LISTEN, stop, last = '' }: Parts = {}): string => `
import { createServer } from 'node:http';
${first}
const port = Number(process.env.PORT ?? 5000);
const server = createServer((request, response) => {
  ${answer}
  response.end((process.env.VERSION ?? 'v1') + ' ' + request.url);
});
${listen}
process.on('SIGTERM', ${stop ?? '() => { server.close(() => process.exit(0)); server.closeIdleConnections(); }'});
${last}
`;

/** Returns a program that prints lines as a runtime would, and exits. */
export const printing = (exitCode: number, ...lines: readonly string[]): string =>
  `${lines.map((line) => `console.error(${JSON.stringify(line)});`).join('\n')}\nprocess.exit(${exitCode});\n`;

/** Returns the answer of a path. */
export const answering = (path: string, status: number, more = ''): string =>
  `if (request.url === '${path}') { ${more} response.statusCode = ${status}; return response.end('no'); }`;
