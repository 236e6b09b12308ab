/** `npm run logs`: prints what the containers have printed, and continues with new lines. */
import { main } from '../lib/run/main.ts';
import { startLogs } from './start.ts';

void main(
  'logs',
  'Prints what the containers have printed: the last 100 lines, or all lines since a time. CONTAINER is a container, a service, or service/container.',
  startLogs,
);
