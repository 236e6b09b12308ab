/** `npm run run`: runs a command once, in a separate task. */
import { main } from '../lib/run/main.ts';
import { startRun } from './start.ts';

void main(
  'run',
  'Runs a command once, in a task with the image, the variables, the secrets and the network of a deployed container, prints what it prints, and exits with its code. CONTAINER is a container, service/container, or a service with one container.',
  startRun,
);
