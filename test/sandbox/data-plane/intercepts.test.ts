// Intercepts: another version of a program receives the requests of deployed tasks, as long as a client holds the intercept.
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { makeInterceptPages, LEASE_MS } from '../../../sandbox/data-plane/intercept-pages.ts';
import type { VersionEvent } from '../../../sandbox/data-plane/intercepts.ts';
import { openIntercepts, type VersionBlob } from '../../../sandbox/intercept-client.ts';
import type { ImageStore } from '../../../sandbox/runtime/image-store.ts';
import { noIsolation } from '../../../sandbox/runtime/isolation.ts';
import { manualClock } from '../../../sandbox/world/clock.ts';
import type { SandboxOptions } from '../../../sandbox/sandbox.ts';
import type { WireRequest } from '../../../sandbox/protocol/wire.ts';
import { eventually } from '../../journeys/harness.ts';
import { serviceScene } from './service-scene.ts';

jest.setTimeout(60_000);

const temporaryFolders: string[] = [];
afterAll(() => {
  for (const folder of temporaryFolders) rmSync(folder, { recursive: true, force: true });
});

const program = (name: string, more = '') => `
  const server = require('node:http').createServer((request, response) =>
    setTimeout(() => response.end('${name}'), request.url === '/slow' ? 700 : 0));
  ${more || 'server.listen(5000);'}
  process.on('SIGTERM', () => server.close(() => process.exit(0)));`;

async function* chunksOf(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  for (let start = 0; start < bytes.length; start += 5 * 1024 ** 2)
    yield bytes.subarray(start, start + 5 * 1024 ** 2);
}
const blob = (content: string | Uint8Array): VersionBlob => {
  const bytes = Buffer.from(content);
  return {
    read: () => chunksOf(bytes),
    digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
  };
};
/** An empty tar archive. */
const EMPTY_LAYER = blob(new Uint8Array(1024));

/** Returns the image of a program for the container `web`. */
const imagesFor = (text: string, layer = EMPTY_LAYER) => {
  const config = blob(JSON.stringify({ config: { Cmd: ['node', '-e', text] } }));
  return new Map([['web', { digest: config.digest, config, layers: [layer] }]]);
};

async function deployedScene(options: SandboxOptions = {}) {
  const scene = await serviceScene(options);
  await scene.push(program('deployed'), 'v1');
  await scene.create({ taskDefinition: await scene.define('v1') });
  await scene.waitUntilDeployed();
  const { serviceArn = '' } = await scene.service();
  const url = await scene.url();
  const session = await openIntercepts(`http://127.0.0.1:${scene.region.port()}`);
  const events: VersionEvent[] = [];
  const waiting = new Set<() => void>();
  const followed = session.follow((event) => {
    events.push(event);
    for (const check of waiting) check();
  });
  followed.catch(() => undefined);
  /** Waits for an event of a type. */
  const event = (type: VersionEvent['type'], version: number) =>
    new Promise<VersionEvent>((resolve) => {
      const check = () => {
        const found = events.find((known) => known.type === type && known.version === version);
        if (found) resolve(found);
      };
      waiting.add(check);
      check();
    });
  const get = async (path = '/') => {
    const response = await fetch(url + path);
    return response.ok ? response.text() : String(response.status);
  };
  const start = (text: string) => session.start(serviceArn, imagesFor(text));
  return { ...scene, session, events, event, get, start, followed };
}

test('a version serves once it answers, no request is lost, and at the end the deployed task serves as before', async () => {
  const scene = await deployedScene();
  const tasksBefore = scene.region.ecs.tasks.all().map(({ taskArn }) => taskArn);
  const answers = new Set<string>();
  let isOver = false;
  const clients = Array.from({ length: 4 }, async (_, index) => {
    while (!isOver) {
      answers.add(await scene.get(index === 0 ? '/slow' : '/'));
      await delay(5);
    }
  });
  const first = await scene.start(program('first'));
  await scene.event('serving', first);
  expect(await scene.get()).toBe('first');
  const second = await scene.start(
    program('second', 'console.log("starts"); setTimeout(() => server.listen(5000), 300);'),
  );
  await scene.event('serving', second);
  expect(await scene.get()).toBe('second');
  // On a busy machine, the clients may not have sent a request meanwhile.
  while (!answers.has('second')) await delay(5);
  expect(scene.events).toContainEqual(
    expect.objectContaining({ type: 'log', version: second, container: 'web', text: 'starts' }),
  );
  await scene.session.end();
  expect(await scene.get()).toBe('deployed');
  isOver = true;
  await Promise.all(clients);
  await scene.followed;
  expect([...answers].sort()).toEqual(['deployed', 'first', 'second']);
  expect(scene.region.ecs.tasks.all().map(({ taskArn }) => taskArn)).toEqual(tasksBefore);
  expect(scene.lines()).not.toContain('starts');
});

test('a version that ends before it answers never serves, and its error is reported', async () => {
  const scene = await deployedScene();
  const good = await scene.start(program('good'));
  await scene.event('serving', good);
  const broken = await scene.start(`throw new Error('no database')`);
  expect(await scene.event('failed', broken)).toMatchObject({ reason: 'web ended with code 1.' });
  expect(scene.events).toContainEqual(
    expect.objectContaining({ type: 'log', version: broken, text: expect.stringContaining('no database') }),
  );
  expect(await scene.get()).toBe('good');
  await scene.session.end();
});

test('a version that ends soon after it answered leaves its requests to the version before', async () => {
  const scene = await deployedScene();
  await scene.event('serving', await scene.start(program('good')));
  const brief = await scene.start(
    program('brief', 'server.listen(5000); setTimeout(() => process.exit(3), 600);'),
  );
  expect(await scene.event('ended', brief)).toMatchObject({
    reason: 'web ended with code 3.',
    servedBy: 'version before',
  });
  expect(await scene.get()).toBe('good');
  await scene.session.end();
});

test('of two versions in quick succession, only the newer one serves', async () => {
  const scene = await deployedScene();
  const slow = await scene.start(program('slow', 'setTimeout(() => server.listen(5000), 5000);'));
  const quick = await scene.start(program('quick'));
  expect(await scene.event('failed', slow)).toMatchObject({ reason: 'A newer version replaced it.' });
  await scene.event('serving', quick);
  expect(await scene.get()).toBe('quick');
  await scene.session.end();
});

test('a layer that is larger than a request is stored on disk, privately, until a newer version does not need it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-intercepts-'));
  temporaryFolders.push(folder);
  const scene = await deployedScene({ folder });
  const { serviceArn = '' } = await scene.service();
  // An archive ends with two empty blocks, and readers ignore what follows.
  const large = blob(Buffer.alloc(70 * 1024 ** 2));
  const blobFolder = () => {
    const [name = ''] = readdirSync(join(folder, 'tasks')).filter((one) => one.startsWith('version-blobs-'));
    return join(folder, 'tasks', name);
  };
  const images = imagesFor(program('large'), large);
  await scene.event('serving', await scene.session.start(serviceArn, images));
  expect(await scene.get()).toBe('large');
  const file = join(blobFolder(), large.digest.slice('sha256:'.length));
  expect(statSync(file).size).toBe(70 * 1024 ** 2);
  expect((statSync(file).mode & 0o777).toString(8)).toBe('600');
  expect((statSync(blobFolder()).mode & 0o777).toString(8)).toBe('700');
  await scene.event('serving', await scene.start(program('small')));
  await eventually(() => !existsSync(file) || undefined);
  // It is sent again if it is needed again.
  await scene.event('serving', await scene.session.start(serviceArn, images));
  await scene.session.end();
  expect(readdirSync(join(folder, 'tasks')).filter((name) => name.startsWith('version-blobs-'))).toEqual([]);
});

test('the folders of the versions are removed when the session ends', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-intercepts-'));
  temporaryFolders.push(folder);
  const scene = await deployedScene({ folder });
  await scene.event('serving', await scene.start(program('first')));
  const folders = () => readdirSync(join(folder, 'tasks')).filter((name) => name.startsWith('intercept-'));
  expect(folders()).toHaveLength(1);
  await scene.session.end();
  expect(folders()).toEqual([]);
});

describe('a session', () => {
  const request = (query = '', body = ''): WireRequest => ({
    method: 'POST',
    path: '',
    query: new URLSearchParams(query),
    headers: {},
    body: Buffer.from(body),
  });
  const pagesAt = () => {
    const store: ImageStore = {
      open: () => Promise.reject(new Error('No version starts')),
    };
    const clock = manualClock();
    const { pages } = makeInterceptPages({
      folder: '',
      regions: () => [],
      isolation: noIsolation,
      runtime: () => undefined,
      store,
      clock,
      reportError: (error) => {
        throw error;
      },
    });
    const open = () => (pages['POST intercepts']?.(request()) as { session: string }).session;
    return { clock, pages, open };
  };

  test('ends when its client has been silent for a while, so that another client can open one', () => {
    const { clock, pages, open } = pagesAt();
    const session = open();
    expect(open).toThrow('Another client intercepts requests: only one can.');
    clock.advance(LEASE_MS);
    expect(() => pages['POST intercept-blob']?.(request(`session=${session}`))).toThrow(
      'This session has ended.',
    );
    expect(open()).not.toBe(session);
  });

  test('refuses a version of an unknown service, and a blob that was not sent', () => {
    const { pages, open } = pagesAt();
    const body = JSON.stringify({ serviceArn: 'arn:none', images: {} });
    expect(() => pages['POST intercept-version']?.(request(`session=${open()}`, body))).toThrow(
      'There is no service arn:none.',
    );
  });
});
