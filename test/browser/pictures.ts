/** `npm run docs:page`: takes the pictures of the page for the documents, in both themes and at two widths. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { openWatched } from './chromium.ts';

/** The time that a dot takes from the address to a task, in milliseconds. */
const FLOW_MS = 4000;

/** The views. */
export const PICTURED = ['overview', 'deployments', 'run', 'changes', 'logs', 'events', 'cost', 'sandbox'];

/** Takes the pictures. @param folder where they are written, as `<view>-<theme>-<width>.png` */
export async function takePictures(browser: Browser, address: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const theme of ['light', 'dark'] as const)
    for (const width of [1280, 390]) {
      const { page } = await openWatched(browser, { theme, width });
      for (const view of PICTURED) {
        await page.goto(`${address}#${view}`);
        await page.locator('#panel .card').first().waitFor({ timeout: 60_000 });
        // The rate of the requests is known after two looks.
        if (view === 'overview') await page.locator('.legend', { hasText: /[1-9].* requests?\/s/ }).waitFor();
        // The first dots reach the tasks.
        if (view === 'overview') await page.waitForTimeout(FLOW_MS);
        const path = join(folder, `${view}-${theme}-${width}.png`);
        await page.screenshot({ path });
        // A picture of few colours is a third as large.
        spawnSync('pngquant', ['--force', '--ext', '.png', '--skip-if-larger', '--strip', '64', path]);
      }
      await page.context().close();
    }
}
