// Fails each call of an update of a canary service in turn, in every way: the next run completes the stack without duplicates.
import { testSample } from '../sample.ts';
import { failEveryCall, failureCases } from './every-call.ts';

testSample(failureCases, (_title, failure) => failEveryCall('a canary deploy', failure), 1_800_000);
