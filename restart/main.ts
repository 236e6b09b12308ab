/** `npm run restart`: replaces the tasks of services by new ones of the same revision. */
import { main } from '../lib/run/main.ts';
import { startRestart } from './start.ts';

void main(
  'restart',
  'Replaces the tasks of one service or of all by new tasks of the same revision. The old tasks serve until the new ones are healthy.',
  startRestart,
);
