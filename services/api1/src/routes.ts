/** The routes under /api1. */
import { Router } from 'express';
import type { Catalogue } from './catalogue.ts';
import { createOrders, NewOrder, OrderQuery, price } from './orders.ts';
import { check, Problem } from './problem.ts';

const DESCRIPTION = {
  service: 'orders',
  endpoints: [
    'POST /api1/orders',
    'GET /api1/orders?status=&limit=&offset=',
    'GET /api1/orders/:id',
    'POST /api1/orders/:id/cancel',
  ],
};

/** Creates the routes, with an empty store of orders. */
export function routes(catalogue: Catalogue): Router {
  const orders = createOrders();
  const router = Router();

  router.get('/', (_req, res) => {
    res.json(DESCRIPTION);
  });

  router.post('/orders', async (req, res) => {
    if (!req.is('application/json')) throw new Problem(415, 'Send the order as application/json.');
    const newOrder = check(NewOrder, req.body);
    const ids = newOrder.items.map((item) => item.productId);
    const order = orders.place(price(newOrder, await catalogue.find(ids, req.id as string)));
    req.log.info({ orderId: order.id, totalCents: order.totalCents }, 'order placed');
    res.status(201).location(`/api1/orders/${order.id}`).json(order);
  });

  router.get('/orders', (req, res) => {
    res.json(orders.list(check(OrderQuery, req.query)));
  });

  router.get('/orders/:id', (req, res) => {
    res.json(orders.get(req.params.id));
  });

  router.post('/orders/:id/cancel', (req, res) => {
    res.json(orders.cancel(req.params.id));
  });

  return router;
}
