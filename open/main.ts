/** `npm run open`: opens the address of the stack in a browser, and prints it. */
import { main } from '../lib/run/main.ts';
import { startOpen } from './start.ts';

void main(
  'open',
  'Prints the address of the stack or of one container, and opens it in a browser. Changes nothing.',
  startOpen,
);
