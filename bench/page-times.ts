/** Measures the page of a stack in Chromium: its first paint, its frames while requests flow, and its size. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { CHROMIUM, openWatched, startChromium } from '../test/browser/chromium.ts';
import { onCleanup } from './cleanup.ts';
import { withTemporaryFolder } from './compare.ts';
import { freePort } from './local-server.ts';
import { runCommand } from './run-command.ts';
import { ROOT, slipwayCommand, stopSandbox } from './slipway.ts';

/** The figures of the page. */
export interface PageTimes {
  /** From the start of the navigation until the first content is painted, in milliseconds; the median of several loads. */
  readonly firstPaintMs: number;
  /** Frames per second of the overview. */
  readonly framesPerSecond: number;
  /** The requests per second that flowed meanwhile. */
  readonly requestsPerSecond: number;
  /** The size of all files, as they are sent. */
  readonly bytes: number;
}

const LOADS = 5;
const REQUESTS_PER_SECOND = 200;
const FRAME_SECONDS = 5;

/** Whether Chromium is installed. */
export const hasChromium = (): boolean => existsSync(CHROMIUM);

/** Provisions the example on a new sandbox, and opens its page. */
export const measurePage = (log: (text: string) => void): Promise<PageTimes> =>
  withTemporaryFolder(async (folder) => {
    const home = join(folder, '.slipway');
    const port = await freePort();
    const httpPort = await freePort();
    const env = {
      ...process.env,
      SLIPWAY_HOME: home,
      SLIPWAY_SANDBOX_PORT: String(port),
      SLIPWAY_SANDBOX_HTTP_PORT: String(httpPort),
    };
    const stop = onCleanup(() => stopSandbox(home, port));
    try {
      await runCommand(slipwayCommand(env, 'provision', '--yes'));
      const times = await measureWith(env, httpPort);
      log(
        `page: first paint ${times.firstPaintMs.toFixed(0)} ms, ${times.framesPerSecond.toFixed(0)} frames/s`,
      );
      await runCommand(slipwayCommand(env, 'teardown', '--yes'));
      return times;
    } finally {
      await stop();
    }
  });

async function measureWith(env: NodeJS.ProcessEnv, httpPort: number): Promise<PageTimes> {
  const child = spawn(process.execPath, ['run.js', 'dashboard', '--no-open', '--port', '0'], {
    cwd: ROOT,
    env,
  });
  const stop = onCleanup(async () => void child.kill());
  const browser = await startChromium();
  try {
    const address = await new Promise<string>((resolve) =>
      child.stdout.once('data', (data) => resolve(String(data).trim())),
    );
    const paints: number[] = [];
    let bytes = 0;
    for (let load = 0; load < LOADS; load += 1) {
      const { page } = await openWatched(browser);
      const sizes: Promise<number>[] = [];
      page.on('response', (response) => {
        if (!response.url().includes('/events')) sizes.push(response.body().then(({ length }) => length));
      });
      await page.goto(address);
      await page.locator('.drawing').waitFor();
      paints.push(
        await page.evaluate<number>("performance.getEntriesByName('first-contentful-paint')[0].startTime"),
      );
      bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
      await page.context().close();
    }
    const { page } = await openWatched(browser);
    await page.goto(address);
    const load = sendRequests(httpPort);
    await page.locator('h1', { hasText: /\d\d\d requests\/s/ }).waitFor();
    const framesPerSecond = await page.evaluate<number>(COUNT_FRAMES);
    const requestsPerSecond = load.end();
    const firstPaintMs = paints.sort((one, other) => one - other)[Math.floor(LOADS / 2)] ?? 0;
    return { firstPaintMs, framesPerSecond, requestsPerSecond, bytes };
  } finally {
    await browser.close();
    await stop();
  }
}

/** Counts frames in the page, and returns their number per second. */
const COUNT_FRAMES = `new Promise((resolve) => {
  const start = performance.now();
  let frames = 0;
  const count = (now) => {
    frames += 1;
    if (now - start < ${FRAME_SECONDS * 1000}) requestAnimationFrame(count);
    else resolve((frames * 1000) / (now - start));
  };
  requestAnimationFrame(count);
})`;

/** Sends requests at a constant rate. @returns a function that ends it, and returns the requests per second */
function sendRequests(port: number): { end(): number } {
  const agent = new Agent({ keepAlive: true });
  const start = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = ((performance.now() - start) / 1000) * REQUESTS_PER_SECOND;
    for (; sent < due; sent += 1) {
      const path = sent % 2 === 0 ? '/api1' : '/api2';
      const headers = { host: 'api.slipway.localhost' };
      get({ host: '127.0.0.1', port, path, headers, agent }, (response) => response.resume()).on(
        'error',
        () => undefined,
      );
    }
  }, 20);
  return {
    end() {
      clearInterval(timer);
      agent.destroy();
      return (sent * 1000) / (performance.now() - start);
    },
  };
}
