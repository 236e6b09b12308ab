/** The catalogue API as an Express app that needs no port. */
import cors from 'cors';
import express, { type Express } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import { requestLog } from './log.ts';
import { answerProblem, unknownRoute } from './problem.ts';
import type { Products } from './products.ts';
import { routes } from './routes.ts';
import type { Lifecycle } from './server.ts';

// An API serves no pages: no response may run scripts or be framed.
const NO_PAGES = { defaultSrc: ["'none'"], frameAncestors: ["'none'"] };

/** The dependencies of the app. */
export interface Dependencies {
  readonly log: Logger;
  readonly products: Products;
  readonly corsOrigins: readonly string[];
  readonly lifecycle: Readonly<Lifecycle>;
}

/** Builds the app. */
export function createApp({ log, products, corsOrigins, lifecycle }: Dependencies): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', 1); // one proxy, the load balancer, appends the client's address to x-forwarded-for

  app.use(requestLog(log));
  app.use(helmet({ contentSecurityPolicy: { useDefaults: false, directives: NO_PAGES } }));
  app.use(
    cors({
      origin: corsOrigins.includes('*') ? '*' : [...corsOrigins],
      methods: ['GET'],
      allowedHeaders: ['x-request-id'],
      exposedHeaders: ['x-request-id'],
      maxAge: 600,
    }),
  );
  app.use(express.json({ limit: '32kb' }));

  app.get('/health', (_req, res) => {
    res.status(lifecycle.stopping ? 503 : 200).json({ status: lifecycle.stopping ? 'stopping' : 'ok' });
  });
  app.use('/api2', routes(products));
  app.use(unknownRoute, answerProblem);
  return app;
}
