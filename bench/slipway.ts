/** Slipway as a contender. npm runs it against a local endpoint. The stack uses existing images, so nothing is built. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { StackInput } from '../lib/config/schema.ts';
import { ENVIRONMENT_FILE, everythingOn, LOG_BUCKET } from '../test/everything/stack.ts';
import { findWebAcl } from '../test/everything/surroundings.ts';
import { environmentFor, type Contender } from './contender.ts';
import type { Command } from './run-command.ts';

export const ROOT = resolve(import.meta.dirname, '..');

/** The timeout of a command. */
const TIMEOUT_SECONDS = 300;

/** Returns a stack of one service with two containers, and a number of additional services with one container each. */
export const stackOf = (additionalServices: number): StackInput => ({
  name: 'slipway',
  region: 'eu-west-1',
  domain: { name: 'api.slipway.localhost', zone: 'slipway.localhost', createZone: true },
  services: {
    shop: {
      containers: {
        api1: {
          image: 'public.ecr.aws/slipway/api1:1',
          port: 5000,
          path: '/api1',
          health: { path: '/health' },
          environment: { CATALOGUE_URL: 'http://localhost:6000' },
        },
        api2: {
          image: 'public.ecr.aws/slipway/api2:1',
          port: 6000,
          path: '/api2',
          health: { path: '/health' },
        },
      },
    },
    ...Object.fromEntries(
      Array.from({ length: additionalServices }, (_, index) => [`more-${index + 1}`, serviceOf(index + 1)]),
    ),
  },
});

const serviceOf = (number: number): StackInput['services'][string] => ({
  containers: {
    app: {
      image: 'public.ecr.aws/slipway/more:1',
      port: 8000,
      path: `/more-${number}`,
      health: { path: '/health' },
    },
  },
});

/** Returns a command of Slipway as a user types it. */
export const slipwayCommand = (
  env: NodeJS.ProcessEnv,
  script: 'provision' | 'rollback' | 'teardown',
  ...flags: readonly string[]
): Command => ({
  command: 'npm',
  args: ['run', script, '--', ...flags],
  cwd: ROOT,
  env,
  timeoutSeconds: TIMEOUT_SECONDS,
});

/** Stops the sandbox of a home folder, and waits until it is gone. Otherwise the sandbox would run in the background until it has no resources left. */
export async function stopSandbox(home: string, port: number): Promise<void> {
  try {
    const header = readFileSync(join(home, 'sandbox', 'authorization'), 'utf8').replace(
      'Authorization: ',
      '',
    );
    const headers = { authorization: header.trim() };
    await fetch(`http://127.0.0.1:${port}/_sandbox/stop`, { method: 'POST', headers });
    // It still answers while it closes. A command that then finds it would lose it.
    for (;;) {
      await fetch(`http://127.0.0.1:${port}/_sandbox/about`, { headers });
      await delay(50);
    }
  } catch {
    // No sandbox is running, or it is gone now.
  }
}

const contender = (
  stack: (additionalServices: number, endpoint: string) => StackInput | Promise<StackInput>,
): Contender => ({
  name: 'Slipway',
  async prepare(folder, endpoint, additionalServices) {
    const config = join(folder, 'slipway.config.ts');
    const contents = await stack(additionalServices, endpoint);
    writeFileSync(config, `export default ${JSON.stringify(contents)};\n`);
    writeFileSync(join(folder, ENVIRONMENT_FILE.name), ENVIRONMENT_FILE.text);
    const env = environmentFor(endpoint, { SLIPWAY_HOME: join(folder, '.slipway') });
    // moto's services never become stable, so neither Slipway nor Terraform waits for them.
    const flags = ['--target', 'aws', '--config', config, '--yes'];
    return {
      plan: { ...slipwayCommand(env, 'provision', ...flags, '--no-wait', '--plan'), expectedCodes: [2] },
      provision: slipwayCommand(env, 'provision', ...flags, '--no-wait'),
      again: slipwayCommand(env, 'provision', ...flags, '--no-wait'),
      teardown: slipwayCommand(env, 'teardown', ...flags),
    };
  },
});

export const slipway = contender(stackOf);

/**
 * Slipway with the stack with everything on, as far as `terraform-everything` has the same resources. docs/speed.md says what moto
 * lacks.
 */
export const slipwayWithEverything = contender(async (_additionalServices, endpoint) => {
  const { web, ...others } = everythingOn().services;
  const { api1, ...containers } = web?.containers ?? {};
  if (!web || !api1) throw new Error('the stack has other containers');
  const routes = api1.routes?.map(({ rewrite: _, ...route }) => route);
  const services = {
    ...others,
    web: { ...web, containers: { api1: { ...api1, routes, stripPath: false }, ...containers } },
  };
  return everythingOn({
    ...{ name: 'slipway', protect: false, network: { zones: 2 }, clients: ['203.0.113.0/24', '10.0.0.0/8'] },
    ...{
      ipv6: false,
      waf: await findWebAcl(endpoint),
      accessLogs: { bucket: LOG_BUCKET, prefix: 'shop/dev' },
    },
    services,
  });
});
