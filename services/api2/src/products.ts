/** The products of the shop and their lookup; prices are in cents. */
import { z } from 'zod';

const Category = z.enum(['coffee', 'brewing', 'grinding', 'cups']);

/** A product of the shop. */
export interface Product {
  readonly id: string;
  readonly name: string;
  readonly category: z.output<typeof Category>;
  readonly priceCents: number;
  readonly currency: 'EUR';
  readonly stock: number;
}

/** The query of the list of products; `ids` is a comma-separated list, `q` matches part of a name. */
export const ProductQuery = z.strictObject({
  ids: z
    .string()
    .transform((list) => list.split(','))
    .pipe(z.array(z.string().min(1)).max(100))
    .optional(),
  category: Category.optional(),
  q: z.string().trim().toLowerCase().max(100).optional(),
  inStock: z.stringbool().optional(),
  maxPriceCents: z.coerce.number().int().min(0).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  offset: z.coerce.number().int().min(0).default(0),
});

/** A source of products. */
export interface Products {
  /** Returns one page of the matching products, in the shop's order, and the total number of matches. */
  list(query: z.output<typeof ProductQuery>): {
    items: Product[];
    total: number;
    limit: number;
    offset: number;
  };
  get(id: string): Product | undefined;
}

/** Creates the lookups for a fixed list of products. */
export function createProducts(products: readonly Product[] = PRODUCTS): Products {
  return {
    list({ ids, category, q, inStock, maxPriceCents, limit, offset }) {
      const found = products.filter(
        (product) =>
          (ids === undefined || ids.includes(product.id)) &&
          (category === undefined || product.category === category) &&
          (q === undefined || product.name.toLowerCase().includes(q)) &&
          (inStock === undefined || product.stock > 0 === inStock) &&
          (maxPriceCents === undefined || product.priceCents <= maxPriceCents),
      );
      return { items: found.slice(offset, offset + limit), total: found.length, limit, offset };
    },
    get: (id) => products.find((product) => product.id === id),
  };
}

const PRODUCTS: readonly Product[] = [
  product('house-blend', 'House blend, 1 kg', 'coffee', 2450, 180),
  product('sidamo', 'Ethiopia Sidamo, 250 g', 'coffee', 1190, 64),
  product('huila', 'Colombia Huila, 250 g', 'coffee', 1090, 72),
  product('decaf', 'Decaf, 250 g', 'coffee', 1150, 0),
  product('moka-pot', 'Moka pot, 6 cups', 'brewing', 3490, 25),
  product('french-press', 'French press, 1 l', 'brewing', 2990, 31),
  product('pour-over', 'Pour-over dripper', 'brewing', 1890, 40),
  product('filters', 'Paper filters, 100 pieces', 'brewing', 590, 400),
  product('kettle', 'Gooseneck kettle', 'brewing', 7900, 9),
  product('hand-grinder', 'Hand grinder', 'grinding', 8900, 14),
  product('burr-grinder', 'Burr grinder', 'grinding', 19900, 0),
  product('espresso-cup', 'Espresso cup, 60 ml', 'cups', 690, 120),
  product('cappuccino-cup', 'Cappuccino cup, 180 ml', 'cups', 890, 96),
  product('travel-mug', 'Travel mug, 350 ml', 'cups', 2290, 37),
];

function product(
  id: string,
  name: string,
  category: Product['category'],
  priceCents: number,
  stock: number,
): Product {
  return { id, name, category, priceCents, currency: 'EUR', stock };
}
