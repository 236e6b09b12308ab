/** Starts the Chromium of the system for tests of the page, with an empty profile and without background connections. */
import { chromium, type Browser, type Page } from 'playwright-core';

/** The program; Debian's path by default. */
export const CHROMIUM = process.env['SLIPWAY_CHROMIUM'] ?? '/usr/bin/chromium';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const startChromium = (): Promise<Browser> =>
  chromium.launch({ executablePath: CHROMIUM, args: FLAGS, headless: true });

/** A page, and everything that it has requested and reported since it was opened. */
export interface WatchedPage {
  readonly page: Page;
  readonly requested: string[];
  /** Errors of scripts, and messages of the console, such as violations of the policy. */
  readonly complaints: string[];
}

/** Opens an empty page that records what it requests. */
export async function openWatched(
  browser: Browser,
  options: { theme?: 'light' | 'dark'; width?: number; isStill?: boolean } = {},
): Promise<WatchedPage> {
  const { theme = 'light', width = 1280, isStill = false } = options;
  const context = await browser.newContext({
    viewport: { width, height: 800 },
    colorScheme: theme,
    reducedMotion: isStill ? 'reduce' : 'no-preference',
  });
  const page = await context.newPage();
  const requested: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => requested.push(request.url()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => complaints.push(message.text()));
  return { page, requested, complaints };
}
