// Fails each call of a run that adopts another stack's resources in turn, in every way: the same command completes it.
import { testSample } from '../sample.ts';
import { failEveryCall, failureCases } from './every-call.ts';

testSample(failureCases, (_title, failure) => failEveryCall('an adoption', failure), 1_800_000);
