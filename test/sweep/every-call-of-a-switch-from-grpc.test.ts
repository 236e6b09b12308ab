// Fails each call of a switch from gRPC to HTTP in turn, in every way: the next run completes the stack without duplicates.
import { testSample } from '../sample.ts';
import { failEveryCall, failureCases } from './every-call.ts';

testSample(failureCases, (_title, failure) => failEveryCall('a switch from gRPC', failure), 1_800_000);
