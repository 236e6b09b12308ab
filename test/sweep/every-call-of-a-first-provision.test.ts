// Each call of a first provision in turn goes wrong, in every way: the next run brings all to its end, and leaves no twin behind.
import { testSample } from '../sample.ts';
import { failEveryCall, failureCases } from './every-call.ts';

testSample(failureCases, (failure) => failEveryCall('a first provision', failure), 1_800_000);
