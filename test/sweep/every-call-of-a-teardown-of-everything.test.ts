// Fails each call of a teardown of a stack with everything on in turn, in every way: the next teardown leaves nothing behind.
import { testSample } from '../sample.ts';
import { failEveryCall, failureCases } from './every-call.ts';

testSample(failureCases, (_title, failure) => failEveryCall('a teardown of everything', failure), 3_600_000);
