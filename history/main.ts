/** `npm run history`: lists the revisions of each service, and how their deployments ended. */
import { main } from '../lib/run/main.ts';
import { startHistory } from './start.ts';

void main(
  'history',
  'Lists the deployments of each service, the newest first, and changes nothing.',
  startHistory,
);
