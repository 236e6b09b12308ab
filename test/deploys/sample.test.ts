// Two deploys with a fault, which `npm test` runs: the cause comes first, and an update leaves the good version serving.
import { EXITS } from './cases/exits.ts';
import { STARTS } from './cases/starts.ts';
import { testDeploys } from './deploys.ts';

const SAMPLE = ['crash-at-start', 'bad-command'];
testDeploys(
  [...EXITS, ...STARTS].filter(({ name }) => SAMPLE.includes(name)),
  ['update'],
);
