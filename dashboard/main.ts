/** `npm run dashboard`: serves a page that shows what runs, on this machine only. */
import { main } from '../lib/run/main.ts';
import { startDashboard } from './start.ts';

void main(
  'dashboard',
  'Serves a page that shows what runs, what changes and what the containers print. It changes nothing, and only this machine can open it.',
  startDashboard,
);
