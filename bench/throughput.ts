/** Measures the sandbox's throughput: its load balancer compared with nginx, and its API compared with moto. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StackInput } from '../lib/config/schema.ts';
import { onCleanup } from './cleanup.ts';
import { withTemporaryFolder } from './compare.ts';
import { freePort } from './local-server.ts';
import { responsesPerSecond } from './load.ts';
import type { Moto } from './moto.ts';
import { hasNginx, startNginx } from './nginx.ts';
import { runCommand } from './run-command.ts';
import { slipwayCommand, stopSandbox } from './slipway.ts';

/** Responses per second of the sandbox and of another server. */
export interface Throughput {
  readonly what: string;
  readonly sandbox: number;
  /** Undefined if the other server is not installed. */
  readonly other: number | undefined;
  readonly otherName: string;
}

/** The name of the load balancer's figure. */
export const BALANCER_REQUESTS = 'requests through the load balancer';

const CONNECTIONS = 32;
/** How often the load balancer and nginx take turns; an odd number, so that there is a median. */
const TURNS = 3;
const MEASUREMENT_SECONDS = 5;
/** The port of the program within its task. */
const PORT = 8000;

/** The program behind the load balancer. It does as little as possible. */
const PROGRAM = `
import { createServer } from 'node:http';
const body = 'x'.repeat(1024);
createServer((request, response) => response.end(body)).listen(${PORT}, () => console.log('listens'));
process.on('SIGTERM', () => process.exit(0));
`;

const stack: StackInput = {
  name: 'throughput',
  region: 'eu-west-1',
  deregistrationDelaySeconds: 0,
  services: { web: { containers: { app: { source: 'app', port: PORT, path: '/' } } } },
};

/** Returns the port of this machine on which the program listens. The task's folder records that port. */
function hostPortOf(home: string): number {
  const tasks = join(home, 'sandbox', 'tasks');
  const portFiles = readdirSync(tasks, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\/ports\/8000-[^/]*$/.test(name),
  );
  const [listener] = portFiles.map(
    (name) => JSON.parse(readFileSync(join(tasks, name), 'utf8')) as { port: number },
  );
  if (!listener) throw new Error(`no task of the sandbox listens on ${PORT}`);
  return listener.port;
}

const getRequest = (host: string): string => `GET / HTTP/1.1\r\nhost: ${host}\r\n\r\n`;

/** Returns an API request with a made-up signature: neither the sandbox nor moto verifies signatures. */
const apiRequest = (service: string, body: string): string =>
  [
    'POST / HTTP/1.1',
    'host: 127.0.0.1',
    `authorization: AWS4-HMAC-SHA256 Credential=any/20260101/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
    'content-type: application/x-www-form-urlencoded; charset=utf-8',
    `content-length: ${body.length}`,
    '',
    body,
  ].join('\r\n');

const DESCRIBE_REQUEST = apiRequest('ec2', 'Action=DescribeVpcs&Version=2016-11-15');

/** Returns two API requests that can be repeated any number of times: one reads VPCs, and one tags an existing VPC. */
async function apiRequestsFor(port: number): Promise<[what: string, request: string][]> {
  const [head = '', body = ''] = DESCRIBE_REQUEST.split('\r\n\r\n');
  const headers = Object.fromEntries(
    head
      .split('\r\n')
      .slice(1)
      .map((line) => line.split(': ') as [string, string])
      .filter(([name]) => name !== 'content-length' && name !== 'host'),
  );
  const answer = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers, body });
  const id = /<vpcId>(.+?)</.exec(await answer.text())?.[1] ?? '';
  const tag = `Action=CreateTags&Version=2016-11-15&ResourceId.1=${id}&Tag.1.Key=bench&Tag.1.Value=1`;
  return [
    ['DescribeVpcs', DESCRIBE_REQUEST],
    ['CreateTags', apiRequest('ec2', tag)],
  ];
}

/**
 * Measures the throughput of a new sandbox with a small stack.
 * @param parts what to measure
 */
export const measureThroughput = (
  moto: Moto | undefined,
  log: (text: string) => void,
  parts: readonly ('balancer' | 'api')[] = ['balancer', 'api'],
): Promise<Throughput[]> =>
  withTemporaryFolder(async (folder) => {
    const home = join(folder, '.slipway');
    const port = await freePort();
    const httpPort = await freePort();
    const env = {
      ...process.env,
      NO_UPDATE_NOTIFIER: '1',
      SLIPWAY_HOME: home,
      SLIPWAY_SANDBOX_PORT: String(port),
      SLIPWAY_SANDBOX_HTTP_PORT: String(httpPort),
      SLIPWAY_SANDBOX_PACE: '300',
    };
    const config = join(folder, 'slipway.config.ts');
    writeFileSync(config, `export default ${JSON.stringify(stack)};\n`);
    mkdirSync(join(folder, 'app'));
    writeFileSync(join(folder, 'app', 'main.ts'), PROGRAM);
    const stop = onCleanup(() => stopSandbox(home, port));
    try {
      const { stdout } = await runCommand(slipwayCommand(env, 'provision', '--yes', '--config', config));
      const url = new URL(stdout.trim().split('\n').at(-1) ?? '');
      const measured = [
        ...(parts.includes('balancer') ? [await measureBalancer(folder, home, url)] : []),
        ...(parts.includes('api') ? await measureApi(port, moto) : []),
      ];
      for (const { what, sandbox, other, otherName } of measured) {
        log(
          `${what}: sandbox ${Math.round(sandbox)}/s, ${otherName} ${other === undefined ? 'not measured' : `${Math.round(other)}/s`}`,
        );
      }
      await runCommand(slipwayCommand(env, 'teardown', '--yes', '--config', config));
      return measured;
    } finally {
      await stop();
    }
  });

/**
 * Measures the load balancer and nginx in turns. Other work on the machine slows both down, and must not change their ratio.
 */
async function measureBalancer(folder: string, home: string, url: URL): Promise<Throughput> {
  const measure = (port: number, host: string) =>
    responsesPerSecond({
      host: '127.0.0.1',
      port,
      request: getRequest(host),
      connections: CONNECTIONS,
      seconds: MEASUREMENT_SECONDS,
    });
  const nginx = hasNginx() ? await startNginx(folder, hostPortOf(home)) : undefined;
  const rates: { sandbox: number[]; other: number[] } = { sandbox: [], other: [] };
  try {
    for (let turn = 0; turn < TURNS; turn += 1) {
      rates.sandbox.push(await measure(Number(url.port || 80), url.host));
      if (nginx) rates.other.push(await measure(nginx.port, 'app'));
    }
  } finally {
    await nginx?.stop();
  }
  return {
    what: BALANCER_REQUESTS,
    sandbox: medianOf(rates.sandbox),
    other: nginx && medianOf(rates.other),
    otherName: 'nginx',
  };
}

const medianOf = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;

async function measureApi(port: number, moto: Moto | undefined): Promise<Throughput[]> {
  const measure = async (apiPort: number) => {
    const results: [what: string, perSecond: number][] = [];
    for (const [what, request] of await apiRequestsFor(apiPort)) {
      const load = {
        host: '127.0.0.1',
        port: apiPort,
        request,
        connections: 4,
        seconds: MEASUREMENT_SECONDS,
      };
      results.push([what, await responsesPerSecond(load)]);
    }
    return results;
  };
  const sandbox = await measure(port);
  const other = new Map(moto && (await measure(Number(new URL(moto.url).port))));
  return sandbox.map(([what, perSecond]) => ({
    what: `calls of the API: ${what}`,
    sandbox: perSecond,
    other: other.get(what),
    otherName: 'moto',
  }));
}
