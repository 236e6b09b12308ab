/** Orders: how they are priced, and the in-memory store, which is lost when the process ends. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Product } from './catalogue.ts';
import { Problem, type Fault } from './problem.ts';

const Item = z.strictObject({
  productId: z.string().regex(/^[a-z0-9-]{1,64}$/, 'must be a product id, such as "moka-pot"'),
  quantity: z.int().min(1).max(100),
});

/** The body that creates an order. */
export const NewOrder = z.strictObject({
  items: z
    .array(Item)
    .min(1)
    .max(50)
    .refine((items) => new Set(items.map((item) => item.productId)).size === items.length, {
      message: 'each product may appear only once; use quantity',
    }),
});

const Status = z.enum(['placed', 'cancelled']);

/** The query of the list of orders. */
export const OrderQuery = z.strictObject({
  status: Status.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  offset: z.coerce.number().int().min(0).default(0),
});

/** One line of an order, with the price at the time of ordering. */
export interface Line {
  readonly productId: string;
  readonly name: string;
  readonly quantity: number;
  readonly unitPriceCents: number;
  readonly lineTotalCents: number;
}

/** A placed order. */
export interface Order {
  readonly id: string;
  readonly status: z.output<typeof Status>;
  readonly createdAt: string;
  readonly lines: readonly Line[];
  readonly totalCents: number;
  readonly currency: 'EUR';
}

/**
 * Prices the items of a new order. Throws a {@link Problem}: 422 if a product does not exist, 409 if too few
 * are in stock. Stock is checked but not reserved, so it may have run out by the time the goods are shipped.
 */
export function price({ items }: z.output<typeof NewOrder>, products: readonly Product[]): Line[] {
  const byId = new Map(products.map((product) => [product.id, product]));
  const unknown: Fault[] = [];
  const insufficient: Fault[] = [];
  const lines: Line[] = [];
  for (const [index, { productId, quantity }] of items.entries()) {
    const product = byId.get(productId);
    if (!product) {
      unknown.push({ path: `items.${index}.productId`, message: `there is no product "${productId}"` });
      continue;
    }
    const { name, stock, priceCents } = product;
    if (stock < quantity)
      insufficient.push({ path: `items.${index}.quantity`, message: `only ${stock} in stock` });
    lines.push({
      productId,
      name,
      quantity,
      unitPriceCents: priceCents,
      lineTotalCents: priceCents * quantity,
    });
  }
  if (unknown.length > 0) throw new Problem(422, 'Some products do not exist.', unknown);
  if (insufficient.length > 0) throw new Problem(409, 'There is not enough stock.', insufficient);
  return lines;
}

/** Creates a store that keeps the newest `capacity` orders and drops older ones, so that memory stays bounded. */
export function createOrders(capacity = 10_000) {
  const orders = new Map<string, Order>();

  function place(lines: readonly Line[]): Order {
    const order: Order = {
      id: randomUUID(),
      status: 'placed',
      createdAt: new Date().toISOString(),
      lines,
      totalCents: lines.reduce((sum, line) => sum + line.lineTotalCents, 0),
      currency: 'EUR',
    };
    orders.set(order.id, order);
    for (const oldest of orders.keys()) {
      if (orders.size <= capacity) break;
      orders.delete(oldest);
    }
    return order;
  }

  function get(id: string): Order {
    const order = orders.get(id);
    if (!order) throw new Problem(404, `There is no order "${id}".`);
    return order;
  }

  /** Cancels an order; cancelling it again has no effect. */
  function cancel(id: string): Order {
    const order: Order = { ...get(id), status: 'cancelled' };
    orders.set(id, order);
    return order;
  }

  /** Lists orders, newest first. */
  function list({ status, limit, offset }: z.output<typeof OrderQuery>) {
    const found = [...orders.values()].reverse().filter((order) => !status || order.status === status);
    return { items: found.slice(offset, offset + limit), total: found.length, limit, offset };
  }

  return { place, get, cancel, list };
}
