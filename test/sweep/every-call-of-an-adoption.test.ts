// Each call of a run that takes over what another stack has goes wrong in turn, in every way: the same command brings all to its end.
import { testSample } from '../sample.ts';
import { failEveryCall, failureCases } from './every-call.ts';

testSample(failureCases, (failure) => failEveryCall('an adoption', failure), 1_800_000);
