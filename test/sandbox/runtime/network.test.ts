// A task's network has its own ports, loopback interface and address, and reports errors as the kernel does.
import { createRequire } from 'node:module';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, jest, test } from '@jest/globals';
import { localAddress } from '../../../sandbox/runtime/ports.ts';
import { isRunning, lastJson, PRIVATE_IP, TestTask, until } from './support.ts';

// Real processes are slow on a busy machine.
jest.setTimeout(60_000);

const EXPRESS = JSON.stringify(createRequire(__filename).resolve('express'));

/** Returns the program of a web server that responds with a name. */
const serverProgram = (name: string, ...listen: unknown[]) => `
  require('http').createServer((request, response) => response.end(${JSON.stringify(name)}))
    .listen(...${JSON.stringify(listen)}, function () { console.log(JSON.stringify(this.address())); });`;

const requestProgram = (
  url: string,
) => `fetch('${url}').then((r) => r.text()).then((t) => console.log(JSON.stringify(t)),
  (e) => console.log(JSON.stringify({ code: e.cause.code, message: e.cause.message, port: e.cause.port, address: e.cause.address })));`;

async function fetchFromTask(task: TestTask, url: string): Promise<unknown> {
  return lastJson(await task.evaluate(requestProgram(url)));
}

async function fetchFromOutside(task: TestTask, port: number): Promise<string> {
  const listener = await task.waitForListener(port);
  if (listener === 'loopback-only') throw new Error(`port ${port} listens on loopback only`);
  // A keep-alive connection would always reach the same worker of a cluster.
  return (
    await fetch(`http://${listener.host}:${listener.port}/`, { headers: { connection: 'close' } })
  ).text();
}

/** Returns a port on which nothing on this machine listens. */
async function freePort(): Promise<number> {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;
  holder.close();
  await once(holder, 'close');
  return port;
}

describe('listening', () => {
  test('two tasks listen on the same port side by side', async () => {
    await using one = await TestTask.create();
    await using two = await TestTask.create();
    await one.start(['node', '-e', serverProgram('one', 5000)]);
    await two.start(['node', '-e', serverProgram('two', 5000)]);
    expect(await fetchFromOutside(one, 5000)).toBe('one');
    expect(await fetchFromOutside(two, 5000)).toBe('two');
    expect(await fetchFromTask(one, 'http://localhost:5000')).toBe('one');
    expect(await fetchFromTask(two, 'http://localhost:5000')).toBe('two');
  });

  test.each([
    ['a port', [5000], { address: '::', family: 'IPv6', port: 5000 }],
    ['a port as a string', ['5000'], { address: '::', family: 'IPv6', port: 5000 }],
    ['a port and a host', [5000, '0.0.0.0'], { address: '0.0.0.0', family: 'IPv4', port: 5000 }],
    ['a port and a backlog', [5000, 16], { address: '::', family: 'IPv6', port: 5000 }],
    ['options', [{ port: 5000, host: PRIVATE_IP }], { address: PRIVATE_IP, family: 'IPv4', port: 5000 }],
    ['a privileged port', [80, '0.0.0.0'], { address: '0.0.0.0', family: 'IPv4', port: 80 }],
  ])('listening with %s works, and reports the requested address', async (_, listen, address) => {
    await using task = await TestTask.create();
    const container = await task.start(['node', '-e', serverProgram('me', ...listen)]);
    expect(await fetchFromOutside(task, address.port)).toBe('me');
    await until(() => container.stdout.length > 0, 'the address');
    expect(lastJson(container)).toEqual(address);
  });

  test('a listener on port 0 gets a port that the rest of the task can reach', async () => {
    await using task = await TestTask.create();
    const container = await task.start(['node', '-e', serverProgram('anywhere', 0)]);
    await until(() => container.stdout.length > 0, 'the address');
    const { port } = lastJson(container) as AddressInfo;
    expect(port).toBeGreaterThan(0);
    expect(await fetchFromTask(task, `http://127.0.0.1:${port}`)).toBe('anywhere');
  });

  test('a listener on a Unix socket is left unchanged', async () => {
    await using task = await TestTask.create();
    const container = await task.evaluate(`
      const net = require('net');
      const server = net.createServer((socket) => socket.end('by path')).listen('socket', () => {
        net.connect('socket').on('data', (data) => { console.log(JSON.stringify([server.address(), String(data)])); server.close(); });
      });`);
    expect(lastJson(container)).toEqual(['socket', 'by path']);
  });

  test.each([
    ['127.0.0.1', '127.0.0.1'],
    ['::1', '[::1]'],
    ['localhost', 'localhost'],
  ])('a program that listens on %s is reported as loopback-only', async (host, name) => {
    await using task = await TestTask.create();
    await task.start(['node', '-e', serverProgram('shy', 5000, host)]);
    expect(await task.waitForListener(5000)).toBe('loopback-only');
    expect(await fetchFromTask(task, `http://${name}:5000`)).toBe('shy');
  });

  test("a program that listens on loopback and on the task's address can be reached from outside", async () => {
    await using task = await TestTask.create();
    await task.start([
      'node',
      '-e',
      serverProgram('inner', 5000, '127.0.0.1') + serverProgram('outer', 5000, PRIVATE_IP),
    ]);
    await until(() => Promise.resolve(typeof localAddress(task.directory, 5000) === 'object'), 'both');
    expect(await fetchFromOutside(task, 5000)).toBe('outer');
    expect(await fetchFromTask(task, 'http://127.0.0.1:5000')).toBe('inner');
    expect(await fetchFromTask(task, `http://${PRIVATE_IP}:5000`)).toBe('outer');
  });

  test('an express app listens and responds', async () => {
    await using task = await TestTask.create();
    const container = await task.start(
      [
        'node',
        '-e',
        `
      const app = require(${EXPRESS})();
      app.get('/', (request, response) => response.send('hello from ' + request.socket.localPort));
      const server = app.listen(process.env.PORT, () => console.log(JSON.stringify(server.address().port)));`,
      ],
      { environment: { PORT: '5000' } },
    );
    expect(await fetchFromOutside(task, 5000)).toBe('hello from 5000');
    expect(lastJson(container)).toBe(5000);
  });

  test('no listener is found before a program listens, or after the program closes the listener, exits or crashes', async () => {
    await using task = await TestTask.create();
    expect(localAddress(task.directory, 5000)).toBeUndefined();
    await task.evaluate(`const s = require('net').createServer().listen(5000, () => s.close())`);
    expect(localAddress(task.directory, 5000)).toBeUndefined();
    await task.evaluate(`require('net').createServer().listen(5000, () => process.exit())`);
    expect(localAddress(task.directory, 5000)).toBeUndefined();
    await task.evaluate(
      `require('net').createServer().listen(5000, () => process.kill(process.pid, 'SIGKILL'))`,
    );
    expect(localAddress(task.directory, 5000)).toBeUndefined();
  });

  test('a port whose program crashed can be used again', async () => {
    await using task = await TestTask.create();
    const first = await task.start(['node', '-e', serverProgram('first', 5000)]);
    await task.waitForListener(5000);
    process.kill(first.pid, 'SIGKILL');
    await first.exited;
    await task.start(['node', '-e', serverProgram('second', 5000)]);
    expect(await fetchFromOutside(task, 5000)).toBe('second');
  });
});

describe('connecting', () => {
  test.each(['localhost', '127.0.0.1', '127.0.0.9', '0.0.0.0', '[::1]', '[::ffff:127.0.0.1]', PRIVATE_IP])(
    'the containers of a task reach each other on %s',
    async (host) => {
      await using task = await TestTask.create();
      await task.start(['node', '-e', serverProgram('neighbour', 5000)]);
      await task.waitForListener(5000);
      expect(await fetchFromTask(task, `http://${host}:5000`)).toBe('neighbour');
    },
  );

  test('every Node client connects, even with keep-alive, and sees the address that it requested', async () => {
    await using task = await TestTask.create();
    await task.start(['node', '-e', serverProgram('me', 5000, '127.0.0.1')]);
    await task.waitForListener(5000);
    const container = await task.evaluate(`
      const http = require('http'), net = require('net');
      const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
      const get = (options) => new Promise((resolve, reject) => http.get(options, (response) => {
        const { remoteAddress, remotePort } = response.socket;
        response.resume().on('end', () => resolve([response.statusCode, remoteAddress, remotePort]));
      }).on('error', reject));
      const raw = (options) => new Promise((resolve, reject) => {
        const socket = net.connect(options, () => { resolve(socket.remotePort); socket.destroy(); }).on('error', reject);
      });
      (async () => {
        console.log(JSON.stringify([
          await get({ port: 5000, agent }), await get({ host: '127.0.0.1', port: 5000, agent }), await get('http://localhost:5000'),
          await raw({ port: 5000 }), await raw({ host: 'localhost', port: 5000, autoSelectFamily: true }),
          await raw({ host: 'localhost', port: 5000, family: 4, autoSelectFamily: false, localAddress: '127.0.0.1' }),
        ]));
        agent.destroy();
      })();`);
    const response = [200, '127.0.0.1', 5000];
    expect(lastJson(container)).toEqual([response, response, response, 5000, 5000, 5000]);
  });

  test('a listener on loopback refuses connections to the address of the task, as on Fargate', async () => {
    await using task = await TestTask.create();
    await task.start(['node', '-e', serverProgram('shy', 5000, '127.0.0.1')]);
    await task.waitForListener(5000);
    expect(await fetchFromTask(task, `http://${PRIVATE_IP}:5000`)).toMatchObject({
      code: 'ECONNREFUSED',
      address: PRIVATE_IP,
    });
  });

  test("programs of a task cannot reach this machine's own listeners", async () => {
    await using task = await TestTask.create();
    const hostServer = createServer().listen(0, '127.0.0.1');
    await once(hostServer, 'listening');
    const { port } = hostServer.address() as AddressInfo;
    expect(await fetchFromTask(task, `http://127.0.0.1:${port}`)).toMatchObject({
      code: 'ECONNREFUSED',
      port,
    });
    hostServer.close();
  });

  test.each(['10.0.11.99', '172.16.0.9', '192.168.1.1', '169.254.169.254'])(
    'connections from a task to %s time out',
    async (address) => {
      await using task = await TestTask.create();
      const container = await task.evaluate(
        `require('net').connect(80, '${address}').on('error', ({ message, code, syscall, address, port }) =>
        console.log(JSON.stringify({ message, code, syscall, address, port })))`,
        { connectTimeoutMs: 100 },
      );
      expect(lastJson(container)).toEqual({
        message: `connect ETIMEDOUT ${address}:80`,
        code: 'ETIMEDOUT',
        syscall: 'connect',
        address,
        port: 80,
      });
    },
  );

  test('a pending connection that was aborted does not keep a program running', async () => {
    await using task = await TestTask.create();
    const container = await task.evaluate(`
      const socket = require('net').connect(80, '10.0.11.99');
      setImmediate(() => socket.destroy());
      socket.on('close', () => console.log('closed'));`);
    expect(container.stdout).toEqual(['closed']);
  });
});

describe('network errors in a task', () => {
  const refusedProgram = (port: number) => `
    const net = require('net');
    const show = (error) => error.errors ? { ...error, message: error.message, errors: error.errors.map(show) } : { ...error, message: error.message };
    const fail = (options) => new Promise((resolve) => net.connect(options).on('error', (error) => resolve(show(error))));
    (async () => console.log(JSON.stringify([
      await fail({ port: ${port}, host: '127.0.0.1' }),
      await fail({ port: ${port}, host: 'localhost' }),
      await fail({ port: ${port}, host: 'localhost', autoSelectFamily: false }),
      await fetch('http://127.0.0.1:${port}').catch((error) => [error.message, show(error.cause)]),
    ])))();`;

  const inUseProgram = (port: number) => `
    const net = require('net');
    const show = (error) => ({ ...error, message: error.message });
    const listen = (...args) => new Promise((resolve) => {
      const server = net.createServer().on('error', (error) => resolve(show(error))).listen(...args, () => resolve(server));
    });
    (async () => {
      const results = [];
      for (const [first, second] of [[[${port}], [${port}]], [[${port}, '127.0.0.1'], [${port}, '0.0.0.0']], [[${port}, '0.0.0.0'], [${port}, '127.0.0.1']]]) {
        const server = await listen(...first);
        results.push(await listen(...second));
        await new Promise((resolve) => server.close(resolve));
      }
      results.push(await listen(${port}, '192.0.2.7'));
      console.log(JSON.stringify(results));
    })();`;

  // Fargate runs Linux; other kernels have different error numbers and rules for wildcard addresses.
  const onLinux = process.platform === 'linux' ? test : test.skip;
  onLinux.each([
    ['connection refused', refusedProgram],
    ['address in use', inUseProgram],
  ])('the error for "%s" equals the kernel\'s own error', async (_, program) => {
    await using task = await TestTask.create();
    const code = program(await freePort());
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', code]);
    const inTask = lastJson(await task.evaluate(code));
    expect(inTask).toEqual(JSON.parse(stdout));
    expect(JSON.stringify(inTask)).toMatch(/ECONNREFUSED|EADDRINUSE/);
  });

  test("listening on the port of the task's other container fails, because the port is in use", async () => {
    await using task = await TestTask.create();
    await task.start(['node', '-e', serverProgram('holder', 5000)]);
    await task.waitForListener(5000);
    const container = await task.evaluate(
      `require('http').createServer().on('error', (e) => console.log(JSON.stringify([e.code, e.syscall, e.port]))).listen(5000)`,
    );
    expect(lastJson(container)).toEqual(['EADDRINUSE', 'listen', 5000]);
  });

  test('when several programs bind a port at the same time, exactly one gets it', async () => {
    await using task = await TestTask.create();
    const containers = await Promise.all(
      Array.from({ length: 4 }, () =>
        task.start([
          'node',
          '-e',
          `
        require('net').createServer().on('error', (e) => console.log(JSON.stringify(e.code)))
          .listen(5000, () => console.log(JSON.stringify('listening')))`,
        ]),
      ),
    );
    await until(() => containers.every(({ stdout }) => stdout.length > 0), 'all to have tried');
    expect(containers.map(lastJson).sort()).toEqual(['EADDRINUSE', 'EADDRINUSE', 'EADDRINUSE', 'listening']);
  });
});

describe('the threads and children of a program belong to the task', () => {
  test("worker threads listen and connect in the task's network", async () => {
    await using task = await TestTask.create();
    await task.start([
      'node',
      '-e',
      `
      const { Worker } = require('worker_threads');
      new Worker(${JSON.stringify(serverProgram('a thread', 5000))}, { eval: true });`,
    ]);
    expect(await fetchFromOutside(task, 5000)).toBe('a thread');
    const container = await task.evaluate(`
      const { Worker } = require('worker_threads');
      new Worker(${JSON.stringify(requestProgram('http://localhost:5000'))}, { eval: true });`);
    expect(lastJson(container)).toBe('a thread');
  });

  test('the port of a terminated thread can be used again', async () => {
    await using task = await TestTask.create();
    const container = await task.start([
      'node',
      '-e',
      `
      const { Worker } = require('worker_threads');
      const worker = new Worker(${JSON.stringify(`
        require('net').createServer().listen(5000, () => require('worker_threads').parentPort.postMessage('up'))`)}, { eval: true });
      worker.on('message', async () => { await worker.terminate(); ${serverProgram('the main thread', 5000)} });`,
    ]);
    await until(() => container.stdout.length > 0 || container.stderr.length > 0, 'the second listener');
    expect(await fetchFromOutside(task, 5000)).toBe('the main thread');
  });

  test.each([
    ['spawned', `spawn(process.execPath, ['child.js'], { stdio: 'inherit' })`],
    ['forked', `fork('child.js')`],
    [
      'spawned with their own environment',
      `spawn('node', ['child.js'], { env: { PATH: process.env.PATH }, stdio: 'inherit' })`,
    ],
    ['run by a shell', `exec('node child.js')`],
  ])("child processes that are %s listen in the task's network", async (_, start) => {
    await using task = await TestTask.create({ 'app/child.js': serverProgram('a child', 5000) });
    await task.start(['node', '-e', `const { exec, fork, spawn } = require('child_process'); ${start}`]);
    expect(await fetchFromOutside(task, 5000)).toBe('a child');
  });

  test('the workers of a cluster share a port', async () => {
    await using task = await TestTask.create({
      'app/main.js': `
        const cluster = require('cluster');
        if (cluster.isPrimary) { cluster.fork(); cluster.fork(); }
        else require('http').createServer((q, r) => r.end(String(process.pid))).listen(5000, function () {
          console.log(JSON.stringify(this.address().port));
        });`,
    });
    const container = await task.start(['node', 'main.js']);
    await until(() => container.stdout.length === 2, 'both workers');
    expect(container.stdout).toEqual(['5000', '5000']);
    const seen = new Set<string>();
    await until(
      async () => seen.add(await fetchFromOutside(task, 5000)).size === 2,
      'both workers to answer',
    );
    for (const pid of seen) expect(isRunning(Number(pid))).toBe(true);
  });

  test('the network works in a program that installs fake timers and a fake file system', async () => {
    await using task = await TestTask.create();
    const container = await task.evaluate(`
      globalThis.setTimeout = () => { throw new Error('fake') };
      require('fs').readdirSync = require('fs').readFileSync = () => { throw new Error('fake') };
      require('net').connect(5000, '127.0.0.1').on('error', (error) => console.log(error.code));`);
    expect(container.stdout).toEqual(['ECONNREFUSED']);
  });
});
