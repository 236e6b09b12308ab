/** `npm run exec`: starts a command in a running container. */
import { main } from '../lib/run/main.ts';
import { startExec } from './start.ts';

void main(
  'exec',
  'Starts a command in a running container, or a shell without one. CONTAINER is a container, service/container, or a service with one container.',
  startExec,
);
