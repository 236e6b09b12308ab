// Tasks that cannot start: bad commands and users, files that may not be written, taken ports, programs that cannot be built.
import { STARTS } from './cases/starts.ts';
import { testDeploys } from './deploys.ts';

testDeploys(STARTS);
