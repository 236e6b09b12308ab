// Programs that answer health checks or requests wrongly, and deploys that work although something is odd.
import { HEALTH } from './cases/health.ts';
import { testDeploys } from './deploys.ts';

testDeploys(HEALTH);
