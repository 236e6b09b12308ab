// Programs that the health checks cannot connect to.
import { LISTENING } from './cases/listening.ts';
import { testDeploys } from './deploys.ts';

testDeploys(LISTENING);
