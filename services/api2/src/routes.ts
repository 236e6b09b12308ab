/** The routes under /api2. */
import { Router } from 'express';
import { check, Problem } from './problem.ts';
import { ProductQuery, type Products } from './products.ts';

const DESCRIPTION = {
  service: 'catalogue',
  endpoints: [
    'GET /api2/products?ids=&category=&q=&inStock=&maxPriceCents=&limit=&offset=',
    'GET /api2/products/:id',
  ],
};

/** Creates the routes for the given products. */
export function routes(products: Products): Router {
  const router = Router();

  router.get('/', (_req, res) => {
    res.json(DESCRIPTION);
  });

  router.get('/products', (req, res) => {
    res.json(products.list(check(ProductQuery, req.query)));
  });

  router.get('/products/:id', (req, res) => {
    const product = products.get(req.params.id);
    if (!product) throw new Problem(404, `There is no product "${req.params.id}".`);
    res.json(product);
  });

  return router;
}
