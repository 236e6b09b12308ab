/** `npm run doctor`: checks everything that a provision needs. */
import { main } from '../lib/run/main.ts';
import { startDoctor } from './start.ts';

void main(
  'doctor',
  'Checks this machine, the configuration, the account and the domain, and changes nothing.',
  startDoctor,
);
