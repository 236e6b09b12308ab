/** The stack on which the times of changes on the sandbox are measured. */
import { join } from 'node:path';
import type { StackInput } from '../lib/config/schema.ts';

/** A program, with the line after which a save adds a statement that shows its version. */
export interface Program {
  readonly name: string;
  readonly file: string;
  readonly path: string;
  readonly after: string;
  readonly statement: (version: string) => string;
}

const setHeader = (version: string) =>
  `app.use((_req, res, next) => { res.setHeader('x-version', '${version}'); next(); });`;
/** The example services and a small program. */
export const PROGRAMS: readonly Program[] = [
  ...['api1', 'api2'].map((name) => ({
    name,
    file: join('services', name, 'src', 'app.ts'),
    path: `/${name}`,
    after: 'const app = express();',
    statement: setHeader,
  })),
  {
    name: 'a program of one file',
    file: join('services', 'plain', 'main.ts'),
    path: '/plain',
    after: '// version',
    statement: (version) => `const version = '${version}';`,
  },
];

/** The small program. */
export const PLAIN = `import { createServer } from 'node:http';
// version
createServer((request, response) => response.setHeader('x-version', version).end('ok')).listen(8000);
process.on('SIGTERM', () => process.exit(0));
`;

/** The stack of the programs. */
export const localStack: StackInput = {
  name: 'local',
  region: 'eu-west-1',
  // The copies of the services find their packages through a link, which an image could not contain.
  builder: 'bundle',
  domain: { name: 'api.local.localhost', zone: 'local.localhost', createZone: true },
  services: {
    shop: {
      cpu: 256,
      memory: 512,
      containers: {
        api1: {
          source: 'services/api1',
          port: 5000,
          path: '/api1',
          health: { path: '/health' },
          environment: { CATALOGUE_URL: 'http://localhost:6000' },
        },
        api2: { source: 'services/api2', port: 6000, path: '/api2', health: { path: '/health' } },
      },
    },
    plain: { containers: { app: { source: 'services/plain', port: 8000, path: '/plain' } } },
  },
};
