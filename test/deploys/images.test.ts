// Images that are missing or built for another architecture.
import { IMAGES } from './cases/images.ts';
import { testDeploys } from './deploys.ts';

testDeploys(IMAGES);
