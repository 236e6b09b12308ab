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

/** The cost of a stack as text, without line breaks. */
export interface CostText {
  /** E.g. `about $74 per month ($0.101 per hour), $9 more than now`. */
  readonly total: string;
  /** The most expensive items, e.g. `NAT gateway $35, load balancer $18`. */
  readonly items: string;
  /** The items that a change makes more or less expensive, e.g. `1 task of jobs $9.01 more`; empty without a difference. */
  readonly drivers: string;
  /** What the total leaves out, and how old the prices are. */
  readonly notes: readonly string[];
}

/** The difference below which two monthly amounts count as equal, in US dollars. */
const MIN_DIFFERENCE = 0.01;

/**
 * Describes the cost of a stack and the difference that a change makes; undefined if no price is known.
 * @param before the cost of what exists; undefined if nothing does
 */
export function costText(cost: Cost, before?: Cost): CostText | undefined {
  const { items, perHour, pricesOf } = cost;
  const priced = items.filter((item) => item.perHour !== undefined);
  const unpriced = items.filter((item) => item.perHour === undefined);
  if (priced.length === 0) return undefined;
  const named = priced.slice(0, MAX_ITEMS).map(itemText);
  const rest = priced.slice(MAX_ITEMS).reduce((sum, item) => sum + (item.perHour ?? 0), 0);
  const others = rest === 0 ? [] : [`others ${monthText(rest)}`];
  const change = before === undefined ? '' : differenceText(perHour - before.perHour);
  const comparison = before === undefined ? '' : change === '' ? ', as now' : `, ${change} than now`;
  return {
    total: `about ${monthText(perHour)} per month (${hourText(perHour)} per hour)${comparison}`,
    items: [...named, ...others].join(', '),
    drivers: before === undefined ? '' : driversText(cost, before),
    notes: [
      ...(unpriced.length === 0
        ? []
        : [`without ${unpriced.map(itemText).join(', ')}, whose price is not known for this region`]),
      `without traffic, logs, images and taxes; prices of ${pricesOf ?? 'an unknown month'} or later`,
    ],
  };
}

/** E.g. `$9.01 more`; empty for no difference. */
const differenceText = (perHour: number): string =>
  Math.abs(perHour) * HOURS_PER_MONTH < MIN_DIFFERENCE
    ? ''
    : `${monthText(perHour)} ${perHour > 0 ? 'more' : 'less'}`;

/** Returns what an item is without its count, in the singular: the count may differ between two costs of the same item. */
function withoutCount(what: string): string {
  const [, many, word = what] = /^(\d+ )?(.*)$/.exec(what) ?? [];
  if (many === undefined) return word;
  return word
    .replace(/^tasks\b/, 'task')
    .replace(/sses$/, 'ss')
    .replace(/ies$/, 'y')
    .replace(/(?<!s)s$/, '');
}

function driversText(after: Cost, before: Cost): string {
  const amounts = new Map<string, { what: string; perHour: number }>();
  const add = ({ items }: Cost, sign: 1 | -1) => {
    for (const { what, perHour = 0 } of items) {
      const key = withoutCount(what);
      const known = amounts.get(key);
      amounts.set(key, { what: known?.what ?? what, perHour: (known?.perHour ?? 0) + sign * perHour });
    }
  };
  add(after, 1);
  add(before, -1);
  return [...amounts.values()]
    .sort((one, other) => Math.abs(other.perHour) - Math.abs(one.perHour))
    .flatMap(({ what, perHour }) => {
      const difference = differenceText(perHour);
      return difference === '' ? [] : [`${what} ${difference}`];
    })
    .slice(0, MAX_ITEMS)
    .join(', ');
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
