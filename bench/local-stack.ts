/** The stack on which the times of changes on the sandbox are measured. */
import { join } from 'node:path';
import type { Builder } from '../lib/config/config.ts';
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
/** The example services. */
export const EXAMPLES: readonly Program[] = ['api1', 'api2'].map((name) => ({
  name,
  file: join('services', name, 'src', 'app.ts'),
  path: `/${name}`,
  after: 'const app = express();',
  statement: setHeader,
}));

/** The example services, a website and a small program. */
export const PROGRAMS: readonly Program[] = [
  ...EXAMPLES,
  {
    name: 'a view of a website',
    file: join('services', 'site', 'views', 'home.html'),
    path: '/site',
    after: '<!-- version -->',
    statement: (version) => `<!-- ${version} -->`,
  },
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

/** The files of a website: it needs packages, and reads its views and its static files at run time. */
export const SITE: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify({
    name: '@slipway/site',
    version: '0.1.0',
    private: true,
    main: 'server.js',
    dependencies: { express: '5.3.0' },
  }),
  'server.js': `const { readFile } = require('node:fs');
const { join } = require('node:path');
const express = require('express');
const app = express();
app.engine('html', (file, options, done) => readFile(file, 'utf8', done));
app.set('views', join(__dirname, 'views'));
app.set('view engine', 'html');
app.use('/site/public', express.static(join(__dirname, 'public')));
app.get('/site', (request, response) =>
  app.render('home', (error, text) => {
    if (error) return response.sendStatus(500);
    const [, version = 'none'] = /<!-- (\\S+) -->\\s*<p>/.exec(text) ?? [];
    response.set('x-version', version).send(text);
  }),
);
const server = app.listen(process.env.PORT);
process.on('SIGTERM', () => server.close());
`,
  'views/home.html': '<!-- version -->\n<p>Welcome.</p>\n',
  'public/site.css': 'p { color: navy; }\n',
};

/** The builder and the programs of a stack. */
export interface LocalStack {
  readonly builder: Builder;
  readonly programs: readonly Program[];
}

/** Returns the stack of the examples, and of the other programs if it has them. */
export const localStack = ({ builder, programs }: LocalStack): StackInput => ({
  name: 'local',
  region: 'eu-west-1',
  builder,
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
    ...(programs.length > EXAMPLES.length && {
      plain: { containers: { app: { source: 'services/plain', port: 8000, path: '/plain' } } },
      site: { containers: { app: { source: 'services/site', port: 8001, path: '/site' } } },
    }),
  },
});
