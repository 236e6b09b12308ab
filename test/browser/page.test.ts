// A user looks at the page of a stack: what runs, whether it is healthy, and what changes, with a mouse, a keyboard or a screen reader.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { openWatched, startChromium } from './chromium.ts';
import { openShop, writeShop, type Shop } from './shop.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const VIEWS = ['overview', 'deployments', 'run', 'changes', 'logs', 'events', 'cost', 'sandbox'];

let browser: Browser;
let shop: Shop;
beforeAll(async () => {
  [browser, shop] = await Promise.all([startChromium(), openShop()]);
}, 240_000);
afterAll(async () => browser.close());

/** Opens a view, and waits until it shows data. */
async function openView(page: Page, view: string): Promise<void> {
  await page.goto(`${shop.address}#${view}`);
  await page.locator('#panel .card').first().waitFor({ timeout: 60_000 });
}

/** Returns what axe finds on a page: the rule, and the elements. */
async function violationsOn(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }>;
      };
    };
    const { violations } = await axe.run();
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary ?? ''}`),
    );
  });
}

const headline = (page: Page, pattern: RegExp) =>
  page.locator('h1', { hasText: pattern }).waitFor({ timeout: 60_000 });

describe.each(['light', 'dark'] as const)('in the theme %s', (theme) => {
  test.each([1280, 390])('axe finds nothing in any view, %d pixels wide', async (width) => {
    const { page, complaints } = await openWatched(browser, { theme, width, isStill: true });
    for (const view of VIEWS) {
      await openView(page, view);
      expect({ view, violations: await violationsOn(page) }).toEqual({ view, violations: [] });
      const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect({ view, overflow }).toEqual({ view, overflow: 0 });
    }
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

test('the headline says what runs, the drawing names every part, and no request leaves the machine', async () => {
  const { page, requested, complaints } = await openWatched(browser);
  await openView(page, 'overview');
  await headline(page, /^shop-dev is healthy: 2 of 2 services, 3 tasks, \d+ requests\/s$/);
  const drawing = await page.locator('.drawing').innerText();
  for (const part of ['www.shop.localhost', 'active', '/orders', 'web/store:8000', '2 of 2 targets healthy'])
    expect(drawing).toContain(part);
  for (const view of VIEWS) await openView(page, view);
  const hosts = new Set(requested.map((url) => new URL(url).host));
  expect([...hosts]).toEqual([new URL(shop.address).host]);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test('log lines and names are text, whatever they contain', async () => {
  const { page } = await openWatched(browser);
  const attack = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
  await openView(page, 'logs');
  await page
    .context()
    .request.get(`http://127.0.0.1:${new URL(shop.url).port}/?say=${encodeURIComponent(attack)}`, {
      headers: { host: 'www.shop.localhost' },
    });
  await page.locator('.said', { hasText: '<img src=x' }).first().waitFor({ timeout: 30_000 });
  expect(await page.locator('#panel img, #panel script').count()).toBe(0);
  await page.locator('input[name=text]').fill('onerror');
  await page.locator('.log li').nth(1).waitFor({ state: 'detached' });
  expect(await page.locator('.log li').count()).toBe(1);
  await page.context().close();
});

test('a keyboard reaches every part, and the arrow keys change the view', async () => {
  const { page } = await openWatched(browser);
  await openView(page, 'overview');
  const focused = () =>
    page.evaluate(
      'document.activeElement.id || document.activeElement.value || document.activeElement.className',
    );
  const stops: unknown[] = [];
  for (let count = 0; count < 6; count += 1) {
    await page.keyboard.press('Tab');
    stops.push(await focused());
  }
  expect(stops).toEqual(expect.arrayContaining(['skip', 'auto', 'tab-overview', 'panel']));
  await page.locator('#tab-overview').focus();
  for (const name of VIEWS.slice(1)) {
    await page.keyboard.press('ArrowRight');
    expect(await focused()).toBe(`tab-${name}`);
    expect(await page.locator(`#tab-${name}`).getAttribute('aria-selected')).toBe('true');
  }
  await page.keyboard.press('ArrowRight');
  expect(await focused()).toBe('tab-overview');
  await page.keyboard.press('End');
  expect(await focused()).toBe('tab-sandbox');
  expect(await page.locator('#panel').getAttribute('aria-labelledby')).toBe('tab-sandbox');
  await page.context().close();
});

test('another page gets nothing, and neither does a request without the token', async () => {
  const { page, complaints } = await openWatched(browser);
  const other = createServer((_, response) => response.end('<title>other</title>')).listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  await page.goto(`http://127.0.0.1:${(other.address() as AddressInfo).port}/`);
  const read = (url: string) =>
    page.evaluate(
      async (target) =>
        fetch(target).then(
          async (response) => response.text(),
          () => 'refused',
        ),
      url,
    );
  expect(await read(`${shop.address}main.js`)).toBe('refused');
  expect(await read(new URL('/', shop.address).href)).toBe('refused');
  const framed = await page.evaluate(async (target) => {
    const { document } = globalThis as unknown as {
      document: {
        createElement(tag: string): { src: string; onload: () => void };
        body: { append(one: unknown): void };
      };
    };
    const frame = document.createElement('iframe');
    await new Promise<void>((resolve) => {
      frame.onload = resolve;
      frame.src = target;
      document.body.append(frame);
    });
    return true;
  }, shop.address);
  expect(framed).toBe(true);
  expect(complaints.some((text) => /frame|403/i.test(text))).toBe(true);
  const without = await page.goto(new URL('/', shop.address).href);
  expect(without?.status()).toBe(401);
  other.close();
  await page.context().close();
});

test('the page follows a task that stops and comes back, and a deployment, without being loaded again', async () => {
  const { page, requested } = await openWatched(browser);
  await openView(page, 'overview');
  await headline(page, /is healthy/);
  const before = await page
    .locator('.node[data-node^="task "]', { hasText: 'store' })
    .first()
    .getAttribute('data-node');
  writeShop(shop.user, '2');
  const deployment = shop.user.run('provision', ...shop.flags);
  await headline(page, /^shop-dev is deploying: revision 2 of web runs in \d of 2 tasks/);
  const card = page.locator('.deployment');
  await card.waitFor();
  expect(await card.innerText()).toMatch(
    /web is deploying revision 2[\s\S]*revision 2 new[\s\S]*% of the running tasks/,
  );
  expect((await deployment).code).toBe(0);
  await headline(page, /^shop-dev is healthy/);
  await page.locator(`[data-node="${before}"]`).waitFor({ state: 'detached' });
  expect(requested.filter((url) => url.endsWith('/main.js'))).toHaveLength(1);
  await page.context().close();
});

test('the switches of the sandbox change its weather and its faults, and nothing else does', async () => {
  const { page } = await openWatched(browser);
  await openView(page, 'sandbox');
  await page.locator('[data-weather=lag]').click();
  await page.locator('[data-weather=lag][aria-pressed=true]').waitFor();
  expect(await (await shop.user.admin('weather')).json()).toMatchObject({ idLagMs: 5000 });
  await page.locator('[data-weather=calm]').click();
  await page.locator('[data-weather=calm][aria-pressed=true]').waitFor();
  await page.locator('input[name=operation]').fill('CreateVpc');
  await page.locator('.fault .primary').click();
  await page.locator('.rows', { hasText: 'CreateVpc' }).waitFor();
  await page.locator('[data-clear]').click();
  await page.getByText('No faults are waiting.').waitFor();
  expect(await (await shop.user.admin('faults')).json()).toEqual([]);
  await page.context().close();
});

test('the chosen theme is kept', async () => {
  const { page } = await openWatched(browser);
  await openView(page, 'cost');
  await page.getByText('Dark', { exact: true }).click();
  const back = () => page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
  const dark = await back();
  await page.reload();
  await page.locator('#panel .card').first().waitFor();
  expect(await back()).toBe(dark);
  expect(await page.locator('input[value=dark]').isChecked()).toBe(true);
  await page.context().close();
});
