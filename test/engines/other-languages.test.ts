// Programs of other languages: provision builds them with a container engine, and they run beside Node, behind the load balancer.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { httpRequest, machine, type Machine } from '../journeys/harness.ts';
import { canRun } from '../run-jest.ts';
import { importPython, prepareEngines } from './base-image.ts';

jest.setTimeout(300_000);

const PYTHON_SERVER = `import http.server, os, urllib.request
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        asked = urllib.request.urlopen('http://localhost:8000/') if self.path == '/python/node' else None
        body = asked.read() if asked else f'Python {os.getuid()} {os.getcwd()} {os.path.exists("__pycache__")}'.encode()
        self.send_response(200)
        self.send_header('content-length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)
http.server.ThreadingHTTPServer(('', 3000), Handler).serve_forever()
`;
const DOCKERFILE = `FROM python:3.12-slim
WORKDIR /app
COPY . .
RUN python -m compileall -q app.py
CMD ["python", "app.py"]
`;
const NODE_SERVER = `const { createServer, get } = require('node:http');
createServer(({ url }, response) => {
  if (!url.endsWith('/python')) return response.end('Node');
  get('http://localhost:3000/python', (answer) => answer.pipe(response));
}).listen(8000);
`;
const HEALTH = { intervalSeconds: 5, timeoutSeconds: 2 };
const engines = prepareEngines();
const bin = mkdtempSync(join(tmpdir(), 'slipway-bin-'));

beforeAll(() => importPython(engines, 'docker.io/library/python:3.12-slim'), 300_000);
afterAll(() => {
  engines.remove();
  rmSync(bin, { recursive: true });
});

/** Returns a PATH that has only this engine, and the programs that it and the sandbox call, except for one of them. */
function pathWith(engine: string, missing: string): string {
  const folder = mkdtempSync(join(bin, `${engine}-`));
  const programs = [engine, 'runc', 'conmon', 'nsenter', 'ip', 'iptables', 'unshare', 'mount', 'setpriv'];
  for (const program of programs.filter((name) => name !== missing)) {
    const path = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']
      .map((place) => join(place, program))
      .find((file) => canRun('test', '-x', file));
    if (path !== undefined) symlinkSync(path, join(folder, program));
  }
  return folder;
}

/** A machine with a Python and a Node container in one service, and a compiled program in another one. */
async function userWith(engine: string, missing = ''): Promise<{ user: Machine; flags: string[] }> {
  const user = await machine({ ...engines.env, PATH: pathWith(engine, missing) });
  user.write('python/app.py', PYTHON_SERVER);
  user.write('python/Dockerfile', DOCKERFILE);
  user.write('node/main.js', NODE_SERVER);
  user.write('compiled/Dockerfile', 'FROM scratch\nCOPY server /server\nENTRYPOINT ["/server"]\n');
  const program = join(user.folder, 'server');
  execFileSync('cc', ['-static', '-w', '-o', program, join('test/sandbox/runtime/server.c')]);
  copyFileSync(program, join(user.folder, 'compiled/server'));
  const flags = user.config({
    name: 'mixed',
    region: 'eu-west-1',
    deregistrationDelaySeconds: 0,
    services: {
      web: {
        containers: {
          python: { source: 'python', port: 3000, path: '/python', health: HEALTH },
          node: { source: 'node', port: 8000, path: '/node', health: HEALTH },
        },
      },
      compiled: {
        count: 2,
        containers: { server: { source: 'compiled', port: 4000, path: '/compiled', health: HEALTH } },
      },
    },
  });
  return { user, flags };
}

test.each(['podman', 'buildah'].filter((engine) => canRun(engine, '--version')))(
  '%s builds them, the load balancer reaches them, and containers of a task reach each other on localhost',
  async (engine) => {
    const { user, flags } = await userWith(engine);
    const { code, lastLine: url, problem } = await user.run('provision', ...flags);
    expect({ code, problem }).toEqual({ code: 0, problem: undefined });
    const bodyOf = async (path: string) => (await httpRequest(url + path)).body;
    expect(await bodyOf('/python')).toBe('Python 1000 /app True');
    expect(await bodyOf('/compiled')).toMatch(/^user 1000 pid 1 folder \/ /);
    expect(await bodyOf('/node/python')).toBe('Python 1000 /app True');
    expect(await bodyOf('/python/node')).toBe('Node');
    // The image is the same, so nothing is built again.
    const before = await user.mutations();
    expect(await user.run('provision', ...flags)).toMatchObject({ code: 0 });
    expect((await user.mutations()).slice(before.length)).toEqual([]);
    expect(await user.run('teardown', ...flags)).toMatchObject({ code: 0 });
  },
);

test('without an OCI runtime, nothing is created', async () => {
  const { user, flags } = await userWith('podman', 'runc');
  const { problem } = await user.run('provision', ...flags);
  expect(problem).toMatchObject({ code: 'IMAGE' });
  expect(problem?.fix.join()).toContain('apt-get install runc');
  expect(await user.mutations()).toEqual([]);
});

test('a Dockerfile that cannot be built is reported with the words of the engine', async () => {
  const { user, flags } = await userWith('podman');
  user.write('python/Dockerfile', `${DOCKERFILE}RUN python -c "raise SystemExit('no such module')"\n`);
  const { problem } = await user.run('provision', ...flags);
  expect(problem).toMatchObject({ code: 'BUILDER' });
  expect(problem?.why).toContain('no such module');
  await user.run('teardown', ...flags);
});
