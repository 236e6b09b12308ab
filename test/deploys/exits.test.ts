// Programs that end: at once, later, with and without an error.
import { EXITS } from './cases/exits.ts';
import { testDeploys } from './deploys.ts';

testDeploys(EXITS);
