/** `npm run secret`: stores, lists and removes the secrets of a stack. */
import { main } from '../lib/run/main.ts';
import { startSecret } from './start.ts';

void main(
  'secret',
  'Stores, lists and removes the secrets of a stack in Parameter Store. The value comes from the terminal or from standard input.',
  startSecret,
);
