/** Starts the catalogue API, and stops it on SIGTERM or SIGINT. */
import { createApp } from './app.ts';
import { readConfig } from './config.ts';
import { createLog } from './log.ts';
import { createProducts } from './products.ts';
import { serve } from './server.ts';

const config = readConfig(process.env);
const log = createLog('catalogue', config.LOG_LEVEL);
const lifecycle = { stopping: false };
const app = createApp({ log, products: createProducts(), corsOrigins: config.CORS_ORIGINS, lifecycle });
const times = { quietMs: config.SHUTDOWN_QUIET_MS, graceMs: config.SHUTDOWN_GRACE_MS };
const { server, stop } = serve(app, lifecycle, times);

server.on('error', (err) => {
  log.fatal(err, 'cannot listen');
  process.exit(1);
});
server.listen(config.PORT, config.HOST, () => log.info(server.address(), 'listening'));

async function onSignal(signal: NodeJS.Signals): Promise<void> {
  if (lifecycle.stopping) return; // the terminal and the parent process may both send the signal
  log.info({ signal }, 'stopping');
  const cut = await stop();
  log[cut === 0 ? 'info' : 'error']({ cut }, 'stopped');
  process.exit(cut === 0 ? 0 : 1);
}
process.on('SIGTERM', onSignal);
process.on('SIGINT', onSignal);
