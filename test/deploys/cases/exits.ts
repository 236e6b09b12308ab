/** Programs that end: at once, later, with and without an error. */
import { api, API, type DeployCase } from '../deploy-case.ts';
import { printing, server } from '../programs.ts';

const pinoLine = JSON.stringify({
  level: 60,
  time: 1_700_000_000_000,
  hostname: 'ip-10-0-2-77',
  err: {
    type: 'Error',
    message: 'password authentication failed for user "shop"',
    stack:
      'Error: password authentication failed for user "shop"\n    at parse (/app/node_modules/pg/parser.js:287:98)\n    at connect (/app/db.js:12:3)',
  },
  msg: 'startup failed',
});

export const EXITS: readonly DeployCase[] = [
  {
    name: 'crash-at-start',
    fault: 'the program throws at start',
    folders: {
      app: "console.log('booting');\nfunction connect() { throw new Error('cannot parse DATABASE_URL: invalid port \"abc\"'); }\nconnect();\n",
    },
    services: api(),
    cause: /api exited with code 1: Error: cannot parse DATABASE_URL: invalid port "abc"/,
    fix: /Correct api/,
  },
  {
    name: 'exit-0',
    fault: 'the program does a job and ends',
    folders: { app: "console.log('migration done, nothing more to do');\n" },
    services: api(),
    cause: /api exited with code 0: a service must keep running/,
    fix: /Keep api running/,
  },
  {
    name: 'silent-exit-1',
    fault: 'the program ends with exit code 1 and logs nothing',
    folders: { app: 'process.exit(1);\n' },
    services: api(),
    cause: /api exited with code 1 and logged nothing/,
    fix: /make it log why it exits/,
  },
  {
    name: 'json-log-crash',
    fault: 'the fatal line is JSON of pino, and shutdown lines follow',
    folders: {
      app: printing(
        1,
        '{"level":30,"msg":"starting"}',
        pinoLine,
        '{"level":30,"msg":"closing server"}',
        'bye',
      ),
    },
    services: api(),
    cause: /api exited with code 1: startup failed: password authentication failed for user "shop"/,
  },
  {
    name: 'winston-crash',
    fault: 'the fatal line is JSON of winston, with the stack in a separate member',
    folders: {
      app: printing(
        2,
        JSON.stringify({ level: 'info', message: 'connecting' }),
        JSON.stringify({
          level: 'error',
          message: 'queue shop-orders does not exist',
          stack: 'Error: queue shop-orders does not exist\n    at start (/app/queue.js:4:9)',
        }),
        JSON.stringify({ level: 'info', message: 'shutting down' }),
      ),
    },
    services: api(),
    cause: /api exited with code 2: queue shop-orders does not exist/,
  },
  {
    name: 'noise-after-fatal',
    fault: 'many lines of a shutdown follow the fatal line',
    folders: {
      app: printing(
        1,
        'FATAL: license key expired on 2026-01-01',
        ...Array.from({ length: 40 }, (_, index) => `flushing buffer ${index}`),
      ),
    },
    services: api(),
    cause: /api exited with code 1: FATAL: license key expired on 2026-01-01/,
  },
  {
    name: 'python-traceback',
    fault: 'the program prints a traceback of Python',
    folders: {
      app: printing(
        1,
        'Traceback (most recent call last):',
        '  File "/app/main.py", line 8, in <module>',
        '    main()',
        '  File "/app/main.py", line 4, in main',
        '    raise ValueError("no tenant named blue")',
        'ValueError: no tenant named blue',
      ),
    },
    services: api(),
    cause: /api exited with code 1: ValueError: no tenant named blue/,
  },
  {
    name: 'go-panic',
    fault: 'the program prints a panic of Go',
    folders: {
      app: printing(
        2,
        'panic: runtime error: index out of range [3] with length 3',
        '',
        'goroutine 1 [running]:',
        'main.load(...)',
        '\t/src/main.go:14',
        'main.main()',
        '\t/src/main.go:9 +0x1d',
        'exit status 2',
      ),
    },
    services: api(),
    cause: /api exited with code 2: panic: runtime error: index out of range \[3\] with length 3/,
  },
  {
    name: 'java-exception',
    fault: 'the program prints an exception of Java with a cause',
    folders: {
      app: printing(
        1,
        'Exception in thread "main" java.lang.IllegalStateException: cannot start',
        '\tat shop.Main.main(Main.java:9)',
        'Caused by: java.net.UnknownHostException: db.internal',
        '\tat java.base/java.net.InetAddress.getAllByName(InetAddress.java:1)',
        '\tat shop.Db.open(Db.java:21)',
        '\t... 1 more',
      ),
    },
    services: api(),
    cause: /api exited with code 1: java\.net\.UnknownHostException: db\.internal/,
  },
  {
    name: 'dies-after-3s',
    fault: 'the program dies 3 s after its start, when it is already healthy',
    folders: {
      app: server({
        last: "setTimeout(() => { console.error('FATAL: lost connection to broker'); process.exit(1); }, 3000);",
      }),
    },
    services: api(),
    cause: /api exited with code 1.*: FATAL: lost connection to broker/,
  },
  {
    name: 'unhandled-rejection',
    fault: 'a promise is rejected and nothing handles it',
    folders: {
      app: server({
        last: "setTimeout(() => void Promise.reject(new Error('no such queue: orders')), 500);",
      }),
    },
    services: api(),
    cause: /api exited with code 1.*: Error: no such queue: orders/,
  },
  {
    name: 'missing-env',
    fault: 'an environment variable is not set',
    folders: {
      app: server({ first: "if (!process.env.DATABASE_URL) throw new Error('DATABASE_URL is not set');" }),
    },
    services: api(),
    cause: /api exited with code 1: the environment variable DATABASE_URL is not set/,
    fix: /Set DATABASE_URL in environment of api/,
  },
  {
    name: 'missing-module',
    fault: 'a module that is loaded at runtime is not in the image',
    folders: {
      app: "import { createRequire } from 'node:module';\nconst name = ['left', 'pad'].join('-');\ncreateRequire('/app/x.js')(name);\n",
    },
    services: api(),
    cause: /api exited with code 1: its image contains no module `left-pad`/,
    fix: /Install left-pad/,
  },
  {
    name: 'missing-file',
    fault: 'a file that the program reads at start is not in the image',
    folders: {
      app: "import { readFileSync } from 'node:fs';\nreadFileSync('/etc/shop/settings.json');\n",
    },
    services: api(),
    cause:
      /api exited with code 1: Error: ENOENT: no such file or directory, open '\/etc\/shop\/settings\.json'/,
  },
  {
    name: 'file-denied',
    fault: 'the program may not read a file',
    folders: {
      app: printing(
        1,
        "Error: EACCES: permission denied, open '/data/cache.db'",
        '    at open (/app/db.js:3:5)',
      ),
    },
    services: api({ user: '1000:1000' }),
    cause: /api may not access \/data\/cache\.db as user 1000:1000/,
    fix: /Give that user access/,
  },
  {
    name: 'low-port-denied',
    fault: 'the program may not listen on a port below 1024',
    folders: {
      app: printing(
        1,
        'Error: listen EACCES: permission denied 0.0.0.0:80',
        '    at main (/app/main.js:9:8)',
      ),
    },
    services: api({ port: 80, user: '1000:1000' }),
    cause: /api may not listen on port 80: only root may use ports below 1024/,
    fix: /Choose a port of 1024 or higher/,
  },
  {
    name: 'only-version-2-crashes',
    fault: 'the program throws because of the value of a variable that only the update sets',
    folders: {
      app: server({
        first: "if (process.env.MODE === 'strict') throw new RangeError('MODE must be loose');",
      }),
    },
    services: api({ environment: { MODE: 'strict' } }),
    cause: /api exited with code 1: RangeError: MODE must be loose/,
  },
  {
    name: 'worker-exits',
    fault: 'a worker without a port ends',
    folders: { worker: "setTimeout(() => console.log('queue empty, done'), 300);\n" },
    services: { web: { containers: { api: API } }, jobs: { containers: { worker: { source: 'worker' } } } },
    cause: /worker exited with code 0: a service must keep running/,
    fix: /Keep worker running/,
  },
  {
    name: 'forks-and-exits',
    fault: 'the program starts a child process in the background and ends',
    folders: {
      app: "import { spawn } from 'node:child_process';\nspawn(process.execPath, ['-e', 'setTimeout(() => {}, 1000)'], { detached: true, stdio: 'ignore' }).unref();\nconsole.log('daemon started');\n",
    },
    services: api(),
    cause: /api exited with code 0: a service must keep running/,
  },
  {
    name: 'segmentation-fault',
    fault: 'the program is killed by SIGSEGV',
    folders: {
      app: "console.log('loading'); process.kill(process.pid, 'SIGSEGV'); setTimeout(() => {}, 1000);\n",
    },
    services: api(),
    cause: /api was killed by SIGSEGV.*\(exit code 139\)/,
  },
  {
    name: 'abort',
    fault: 'the program aborts',
    folders: { app: "console.log('loading'); process.abort();\n" },
    services: api(),
    cause: /api was killed by SIGABRT.*\(exit code 134\)/,
  },
  {
    name: 'out-of-memory',
    fault: 'the program uses 900 MB in a task of 512 MiB',
    folders: {
      app: server({
        last: 'const kept = []; const timer = setInterval(() => { if (kept.length === 18) clearInterval(timer); else kept.push(Buffer.alloc(50 * 1048576, 1)); }, 100);',
      }),
    },
    services: api(),
    cause: /api (?:ran out of memory: the tasks of web have 512 MiB|was killed)/,
    fix: /Increase memory of web/,
  },
  {
    name: 'one-of-two-broken',
    fault: 'only the second of two containers throws',
    folders: {
      bad: "console.log('boots');\nsetTimeout(() => { throw new TypeError(\"Cannot read properties of undefined (reading 'rows')\"); }, 700);\n",
    },
    services: {
      web: {
        containers: {
          api: API,
          api2: { source: 'bad', port: 5001, path: '/api2', health: { path: '/health' } },
        },
      },
    },
    cause: /api2 exited with code 1.*: TypeError: Cannot read properties of undefined \(reading 'rows'\)/,
  },
  {
    name: 'sidecar-exits',
    fault: 'an essential container without a port exits with code 3 after 5 s',
    folders: {
      sidecar:
        "console.log('log agent up');\nsetTimeout(() => { console.error('log agent: licence expired'); process.exit(3); }, 5000);\n",
    },
    services: { web: { containers: { api: API, agent: { source: 'sidecar' } } } },
    cause: /agent exited with code 3.*: log agent: licence expired/,
  },
  {
    name: 'two-services-broken',
    fault: 'two services fail for different reasons',
    folders: {
      app: "throw new Error('no certificate');\n",
      jobs: "throw new Error('no queue');\n",
    },
    services: { ...api(), jobs: { containers: { worker: { source: 'jobs' } } } },
    cause:
      /(?=[^]*api exited with code 1: Error: no certificate)(?=[^]*worker exited with code 1: Error: no queue)/,
  },
];
