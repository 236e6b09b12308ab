/** `npm run rollback`: restores an earlier revision of a service. */
import { main } from '../lib/run/main.ts';
import { startRollback } from './start.ts';

void main(
  'rollback',
  'Restores an earlier revision of a service: by default, the last successful one before the one in service.',
  startRollback,
);
