/** Downloads the price lists of one region, and updates its prices. */
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { Prices, PriceUnit } from '../lib/cost/prices.ts';
import { MATCHES, pricesInList } from './price-list.ts';

/** @see https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-ppslong.html */
const ENDPOINT = 'https://pricing.us-east-1.amazonaws.com';

/**
 * Returns the prices of a region.
 * @param before the prices of the table, which stay if the lists do not have them
 * @param endpoint the server of the price lists
 * @throws Error if a list cannot be downloaded or read
 */
export async function updatedPrices(
  region: string,
  before: Prices,
  endpoint = ENDPOINT,
): Promise<{ readonly prices: Prices; readonly missing: readonly PriceUnit[] }> {
  const found = new Date().toISOString().slice(0, 7);
  const updated: Partial<Record<PriceUnit, NonNullable<Prices[PriceUnit]>>> = { ...before };
  const missing: PriceUnit[] = [];
  for (const [service, matches] of Object.entries(MATCHES)) {
    const url = `${endpoint}/offers/v1.0/aws/${service}/current/${region}/index.csv`;
    const response = await fetch(url);
    if (!response.ok || !response.body) throw new Error(`${url} answered ${response.status}.`);
    const lines = createInterface({ input: Readable.fromWeb(response.body) });
    const prices = await pricesInList(lines, service);
    for (const { unit } of matches) {
      const usd = prices.get(unit);
      if (usd === undefined) missing.push(unit);
      else updated[unit] = { usd, found, source: `price list of ${service}` };
    }
  }
  return { prices: updated, missing };
}
