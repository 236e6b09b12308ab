/** The command `slipway` of the package: checks how Node runs it, then loads the rest, which cannot run everywhere. */
import { commandPrefix } from '../build/typed-command.js';
import { obstacleFor } from './obstacle.ts';

const obstacle = obstacleFor(process.versions, commandPrefix());
if (obstacle === undefined) {
  await import('./run.ts');
} else {
  process.stderr.write(obstacle);
  process.exitCode = 1;
}
