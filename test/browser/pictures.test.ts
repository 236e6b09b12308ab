// Takes the pictures of the page for the documents while requests flow: `npm run docs:page`; only if PICTURES names their folder.
import { get } from 'node:http';
import { test } from '@jest/globals';
import { startChromium } from './chromium.ts';
import { takePictures } from './pictures.ts';
import { openShop } from './shop.ts';

const folder = process.env['PICTURES'];
/** Milliseconds between two requests. */
const EVERY_MS = 80;

(folder === undefined ? test.skip : test)('takes the pictures', async () => {
  const [browser, shop] = await Promise.all([startChromium(), openShop()]);
  const { port } = new URL(shop.url);
  let count = 0;
  const load = setInterval(() => {
    count += 1;
    const path = ['/', '/search', '/orders', '/orders'][count % 4];
    const headers = { host: 'www.shop.localhost' };
    get(
      { host: '127.0.0.1', port, path: `${path}?say=GET ${path}`.replace(' ', '%20'), headers },
      (response) => response.resume(),
    );
  }, EVERY_MS);
  try {
    await takePictures(browser, shop.address, folder ?? '');
  } finally {
    clearInterval(load);
    await browser.close();
  }
});
