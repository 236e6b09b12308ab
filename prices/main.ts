/** `npm run prices`: writes the table of prices from AWS's public price lists. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { updatedPrices } from './update.ts';

const FILE = join(import.meta.dirname, '../lib/cost/prices.json');

const table = JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, object>;
const named = process.argv.slice(2);
const regions = named.length === 0 ? Object.keys(table) : named;
for (const region of regions) {
  const { prices, missing } = await updatedPrices(region, table[region] ?? {});
  table[region] = prices;
  const note = missing.length === 0 ? '' : `; not in the lists, and unchanged: ${missing.join(', ')}`;
  process.stdout.write(`${region}: ${Object.keys(prices).length} prices${note}\n`);
}
writeFileSync(FILE, `${JSON.stringify(table, null, 2)}\n`);
