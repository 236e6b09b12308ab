/** `npm run status`: reports the address of the stack, and the condition of each service. */
import { main } from '../lib/run/main.ts';
import { startStatus } from './start.ts';

void main(
  'status',
  'Reports the address of the stack and the condition of each service, and changes nothing.',
  startStatus,
);
