// Changes that someone makes by hand in the account during a deploy.
import { BY_HAND } from './cases/images.ts';
import { testDeploys } from './deploys.ts';

testDeploys(BY_HAND);
