/** Asks the catalogue service for prices and stock. */
import { request } from 'node:http';
import { z } from 'zod';
import { Problem } from './problem.ts';

const Product = z.object({
  id: z.string(),
  name: z.string(),
  priceCents: z.int().nonnegative(),
  currency: z.literal('EUR'),
  stock: z.int().nonnegative(),
});

const Answer = z.object({ items: z.array(Product) });

/** A product in the catalogue; prices are in cents. */
export type Product = z.output<typeof Product>;

/** A source of products. */
export interface Catalogue {
  /** Returns the products with these `ids`, omitting unknown ids. `requestId` also appears in the catalogue's log. */
  find(ids: readonly string[], requestId: string): Promise<Product[]>;
}

/**
 * Returns a catalogue that sends its requests to `baseUrl`. Its `find` throws a {@link Problem}: 503 when the service cannot be
 * reached or has not responded within `timeoutMs` milliseconds, and 502 when the response is unusable.
 */
export function httpCatalogue(baseUrl: string, timeoutMs: number): Catalogue {
  async function find(ids: readonly string[], requestId: string): Promise<Product[]> {
    const url = new URL('/api2/products', baseUrl);
    url.searchParams.set('ids', ids.join(','));
    url.searchParams.set('limit', String(ids.length));

    const signal = AbortSignal.timeout(timeoutMs);
    let answer: { status: number; text: string };
    try {
      answer = await get(url, requestId, signal);
    } catch (cause) {
      const what = signal.aborted ? `did not respond within ${timeoutMs} ms` : 'cannot be reached';
      throw new Problem(503, `The catalogue ${what}, so nothing was ordered.`, undefined, { cause });
    }
    if (answer.status !== 200) throw unusableResponse(new Error(`status ${answer.status} from ${url.href}`));
    try {
      return Answer.parse(JSON.parse(answer.text)).items;
    } catch (cause) {
      throw unusableResponse(cause);
    }
  }
  return { find };
}

/** Sends a GET request. `fetch` would not work: like a browser, it refuses some ports, including the catalogue's port 6000. */
function get(url: URL, requestId: string, signal: AbortSignal): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const clientRequest = request(url, { headers: { 'x-request-id': requestId }, signal }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
      );
    });
    clientRequest.on('error', reject);
    clientRequest.end();
  });
}

function unusableResponse(cause: unknown): Problem {
  return new Problem(502, 'The catalogue returned an unusable response, so nothing was ordered.', undefined, {
    cause,
  });
}
