// Fails each call of an adoption in turn, in every way: the next run with the same flags completes the adoption.
import { testSample } from '../sample.ts';
import { failEveryCall, failureCases } from './every-call.ts';

testSample(failureCases, (_title, failure) => failEveryCall('an adoption', failure), 1_800_000);
