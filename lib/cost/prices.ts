/** Prices of AWS, on demand and before taxes, in US dollars: what they are, and where and when they were found. */
import table from './prices.json' with { type: 'json' };

/** The units that a stack is billed for. */
export const PRICE_UNITS = [
  'natGatewayHour',
  'natGatewayGb',
  'publicIpv4Hour',
  'loadBalancerHour',
  'vcpuHour',
  'gbHour',
  'armVcpuHour',
  'armGbHour',
  'endpointHour',
  'hostedZoneMonth',
] as const;

export type PriceUnit = (typeof PRICE_UNITS)[number];

/** One price. */
export interface Price {
  readonly usd: number;
  /** The month in which it was found, e.g. `2026-09`. */
  readonly found: string;
  /** The price list, or another public document, in which it was found. */
  readonly source: string;
}

/** The prices of one region. A price that was not found is left out. */
export type Prices = Readonly<Partial<Record<PriceUnit, Price>>>;

/** The prices by region, as `npm run prices` writes them. */
export const PRICES: Readonly<Record<string, Prices>> = table;
