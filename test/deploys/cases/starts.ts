/** Tasks that cannot start: bad commands and users, files that may not be written, taken ports, programs that cannot be built. */
import { api, API, GOOD_PROGRAM, type DeployCase } from '../deploy-case.ts';
import { server } from '../programs.ts';

export const STARTS: readonly DeployCase[] = [
  {
    name: 'bad-command',
    fault: 'command names a program that is not in the image',
    folders: { app: GOOD_PROGRAM },
    services: api({ command: ['nodee', 'main.js'] }),
    cause: /the image of api contains no `nodee`/,
    fix: /Correct command of api/,
  },
  {
    name: 'bad-command-path',
    fault: 'command names a path that is not in the image',
    folders: { app: GOOD_PROGRAM },
    services: api({ command: ['/opt/run', 'main.js'] }),
    cause: /the image of api contains no `\/opt\/run`/,
    fix: /Correct command of api/,
  },
  {
    name: 'bad-command-file',
    fault: 'command runs a file that is not in the image',
    folders: { app: GOOD_PROGRAM },
    services: api({ command: ['node', 'missing.js'] }),
    cause: /the image of api contains no `[^`]*missing\.js`/,
    fix: /Correct command of api/,
  },
  {
    name: 'command-not-executable',
    fault: 'command names a file that is not executable',
    folders: { app: GOOD_PROGRAM },
    services: api({ command: ['./main.js'] }),
    cause:
      /`[^`]*main\.js` in the image of api is not executable|the image of api contains no `[^`]*main\.js`/,
  },
  {
    name: 'unknown-user',
    fault: 'user is not in the image',
    folders: { app: GOOD_PROGRAM },
    services: api({ user: 'shopkeeper' }),
    cause: /the image of api has no user shopkeeper/,
    fix: /Correct user of api/,
  },
  {
    name: 'writes-to-root',
    fault: 'the program writes to its root file system, which is read-only',
    folders: {
      app: server({
        first: "import { writeFileSync } from 'node:fs';\nwriteFileSync('./cache.json', '{}');",
      }),
    },
    services: api(),
    cause: /api writes to .*cache\.json, which is read-only/,
    fix: /readOnlyRoot: false/,
  },
  {
    name: 'port-taken-runtime',
    fault: 'the second container listens on the port of the first, although its port is 5001',
    folders: { app: server({ first: "process.env.PORT = '5000';" }) },
    services: {
      web: {
        containers: {
          api: { ...API, source: 'app' },
          api2: { source: 'app', port: 5001, path: '/api2', health: { path: '/health' } },
        },
      },
    },
    cause: /api2? cannot listen on port 5000: api2? already listens there, and port of api2 is 5001/,
    fix: /Make api2 listen on 5001/,
  },
  {
    name: 'port-taken-config',
    fault: 'two containers have the same port in the configuration',
    folders: { app: GOOD_PROGRAM },
    services: {
      web: {
        containers: {
          api: { ...API, source: 'app' },
          api2: { source: 'app', port: 5000, path: '/api2', health: { path: '/health' } },
        },
      },
    },
    cause: /port/,
  },
  {
    name: 'syntax-error',
    fault: 'the source has a syntax error',
    folders: { app: 'const x = {;\n' },
    services: api(),
    cause: /app cannot be compiled[^]*main\.ts:1:\d+: /,
  },
  {
    name: 'missing-package',
    fault: 'the source imports a package that is not installed',
    folders: { app: `import leftPad from 'left-pad-not-installed';\nconsole.log(leftPad);\n${GOOD_PROGRAM}` },
    services: api(),
    cause: /app cannot be compiled[^]*left-pad-not-installed/,
  },
];
