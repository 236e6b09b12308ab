/** Formats costs for people. Pure. */
import { HOURS_PER_MONTH, type Cost, type CostItem } from './cost.ts';
import type { StackCost } from './stack-cost.ts';

/** The number of items that are named, the most expensive first. */
const MAX_ITEMS = 4;

/** Formats an amount per month: `$35`, `$0.50`. */
const monthText = (perHour: number): string => {
  const amount = Math.abs(perHour * HOURS_PER_MONTH);
  return `$${amount < 10 ? amount.toFixed(2) : Math.round(amount)}`;
};

/** Formats an amount per hour: `$0.131`. */
const hourText = (perHour: number): string => `$${perHour.toFixed(3)}`;

const itemText = ({ what, perHour }: CostItem): string =>
  perHour === undefined ? what : `${what} ${monthText(perHour)}`;

/**
 * Describes the cost of a stack and the difference that a change makes, e.g. `about $0.131 per hour, $96 per month: NAT gateway
 * $35, load balancer $18, …`.
 * @param before the cost of what exists; undefined if nothing does
 */
export function costText(cost: Cost, before?: Cost): string[] {
  const { items, perHour, pricesOf } = cost;
  const priced = items.filter((item) => item.perHour !== undefined);
  const unpriced = items.filter((item) => item.perHour === undefined);
  if (priced.length === 0) return [];
  const named = priced.slice(0, MAX_ITEMS).map(itemText);
  const rest = priced.slice(MAX_ITEMS).reduce((sum, item) => sum + (item.perHour ?? 0), 0);
  const others = rest === 0 ? [] : [`others ${monthText(rest)}`];
  const difference = before === undefined ? 0 : perHour - before.perHour;
  const change =
    Math.abs(difference) * HOURS_PER_MONTH < 0.01
      ? ''
      : `, ${monthText(difference)} ${difference > 0 ? 'more' : 'less'} than now`;
  return [
    `about ${hourText(perHour)} per hour, ${monthText(perHour)} per month${change}: ${[...named, ...others].join(', ')}`,
    ...(unpriced.length === 0
      ? []
      : [`without ${unpriced.map(itemText).join(', ')}, whose price is not known for this region`]),
    `plus traffic, logs and images; prices of ${pricesOf ?? 'an unknown month'} or later, before taxes`,
  ];
}

/** Returns a cost for scripts. */
export const stackCost = ({ items, perHour, pricesOf }: Cost): StackCost => ({
  perHour: rounded(perHour),
  perMonth: rounded(perHour * HOURS_PER_MONTH),
  items: items.map((item) => ({
    what: item.what,
    perHour: item.perHour === undefined ? null : rounded(item.perHour),
  })),
  pricesOf: pricesOf ?? null,
});

/** Rounds to a thousandth of a cent. */
const rounded = (usd: number): number => Math.round(usd * 100_000) / 100_000;
