// A few deploys with a fault, which `npm test` runs: the cause comes first, and an update leaves the good version serving.
import { EXITS } from './cases/exits.ts';
import { LISTENING } from './cases/listening.ts';
import { STARTS } from './cases/starts.ts';
import { testDeploys } from './deploys.ts';

const SAMPLE = ['crash-at-start', 'app-on-other-port', 'bad-command'];
testDeploys(
  [...EXITS, ...LISTENING, ...STARTS].filter(({ name }) => SAMPLE.includes(name)),
  ['update'],
);
