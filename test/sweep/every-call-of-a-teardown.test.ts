// Fails each call of a teardown in turn, in every way: the next run removes what is left.
import { testSample } from '../sample.ts';
import { failEveryCall, failureCases } from './every-call.ts';

testSample(failureCases, (_title, failure) => failEveryCall('a teardown', failure), 1_800_000);
