/** Computes the cost of a stack from what it is billed for. Pure. */
import { UNITS_PER_CPU } from '../config/fargate.ts';
import type { Billed, BilledTasks } from './billed.ts';
import { PRICES, type Prices, type PriceUnit } from './prices.ts';

/** The hours for which AWS's own calculator bills a month. */
export const HOURS_PER_MONTH = 730;

/** One line of a bill. */
export interface CostItem {
  /** E.g. `NAT gateway` or `2 tasks of shop`. */
  readonly what: string;
  /** US dollars per hour; undefined if the price is unknown. */
  readonly perHour: number | undefined;
}

/** The cost of a stack without its traffic, logs and images. */
export interface Cost {
  /** The most expensive first; items without a price last. */
  readonly items: readonly CostItem[];
  /** US dollars per hour, of the items with a price. */
  readonly perHour: number;
  /** The month of the oldest price, e.g. `2026-05`; undefined without a price. */
  readonly pricesOf: string | undefined;
}

const counted = (count: number, singular: string): string =>
  count === 1 ? singular : `${count} ${singular.replace(/y$/, 'ie').replace(/s$/, 'se')}s`;

/**
 * Returns the cost of a stack in a region.
 * @see https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/price-changes.html for the price lists
 */
export function costOf(billed: Billed, region: string): Cost {
  const prices: Prices = PRICES[region] ?? {};
  const used = new Set<PriceUnit>();
  const usd = (unit: PriceUnit): number | undefined => {
    used.add(unit);
    return prices[unit]?.usd;
  };
  const items = [
    item(billed.natGateways, 'NAT gateway', usd('natGatewayHour')),
    item(billed.loadBalancers, 'load balancer', usd('loadBalancerHour')),
    item(billed.publicAddresses, 'public IPv4 address', usd('publicIpv4Hour')),
    item(billed.hostedZones, 'hosted zone', perHour(usd('hostedZoneMonth'))),
    ...billed.tasks.map((tasks) => ({ what: tasksText(tasks), perHour: costOfTasks(tasks, usd) })),
  ].filter(({ what }) => what !== '');
  const months = [...used].flatMap((unit) => prices[unit]?.found ?? []).sort();
  return {
    items: [...items].sort((one, other) => (other.perHour ?? -1) - (one.perHour ?? -1)),
    perHour: items.reduce((sum, one) => sum + (one.perHour ?? 0), 0),
    pricesOf: months[0],
  };
}

const perHour = (perMonth: number | undefined): number | undefined =>
  perMonth === undefined ? undefined : perMonth / HOURS_PER_MONTH;

/** An item without a name stands for nothing. */
const item = (count: number, what: string, price: number | undefined): CostItem => ({
  what: count === 0 ? '' : counted(count, what),
  perHour: price === undefined ? undefined : price * count,
});

const tasksText = ({ count, service }: BilledTasks): string =>
  count === 0 ? '' : `${count} ${count === 1 ? 'task' : 'tasks'} of ${service}`;

/** @see https://aws.amazon.com/fargate/pricing/ */
function costOfTasks(
  { count, cpuUnits, memoryMib, isArm }: BilledTasks,
  usd: (unit: PriceUnit) => number | undefined,
): number | undefined {
  const [cpu, memory] = [usd(isArm ? 'armVcpuHour' : 'vcpuHour'), usd(isArm ? 'armGbHour' : 'gbHour')];
  if (cpu === undefined || memory === undefined) return undefined;
  return count * ((cpuUnits / UNITS_PER_CPU) * cpu + (memoryMib / 1024) * memory);
}
