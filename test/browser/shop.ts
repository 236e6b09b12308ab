/** A stack of two services with a page, for tests in the browser: the shop that the screenshots in the documents show. */
import type { ChildProcess } from 'node:child_process';
import { machine, type Machine } from '../journeys/harness.ts';
import { echo, tinyStack } from '../journeys/tiny-stack.ts';

/** A machine with the stack, and the address of its page. */
export interface Shop {
  readonly user: Machine;
  readonly flags: readonly string[];
  readonly address: string;
  /** The address of the stack. */
  readonly url: string;
}

/** The shop's services. `web` has two containers in each of two tasks. @param version an environment variable of `web` */
export const shopServices = (version: string) => ({
  web: {
    count: 2,
    containers: {
      store: withVersion(echo('store', 8000, '/'), version),
      search: echo('search', 8100, '/search'),
    },
  },
  orders: { containers: { api: echo('api', 9000, '/orders') } },
});

const withVersion = (container: ReturnType<typeof echo>, version: string) => ({
  ...container,
  environment: { ...container.environment, VERSION: version },
});

/** Writes the configuration of the shop. */
export const writeShop = (user: Machine, version: string): string[] =>
  tinyStack(user, shopServices(version), {
    name: 'shop',
    domain: { name: 'www.shop.localhost', zone: 'shop.localhost', createZone: true },
  });

/** Provisions the shop, and serves its page. */
export async function openShop(): Promise<Shop> {
  const user = await machine();
  const flags = writeShop(user, '1');
  const { stdout, stderr, code } = await user.run('provision', ...flags);
  if (code !== 0) throw new Error(stderr);
  const running = user.start('dashboard', '--json', '--port', '0', ...flags);
  return {
    user,
    flags,
    address: await addressIn(running.child),
    url: stdout.trim().split('\n').at(-1) ?? '',
  };
}

/** Reads the address that a page prints first. */
const addressIn = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk) => {
      text += String(chunk);
      if (text.includes('\n'))
        resolve((JSON.parse(text.split('\n')[0] ?? '') as { address: string }).address);
    });
    child.on('close', () => reject(new Error(`The page ended: ${text}`)));
  });
