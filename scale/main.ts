/** `npm run scale`: changes the number of tasks of a service. */
import { main } from '../lib/run/main.ts';
import { startScale } from './start.ts';

void main(
  'scale',
  'Changes the number of tasks of a service at once, and waits until they are healthy. The next provision sets the configured number again.',
  startScale,
);
