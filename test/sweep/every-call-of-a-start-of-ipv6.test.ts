// Fails each call in turn while a stack gets IPv6, in every way: the next run completes the blocks, the routes and the records.
import { testSample } from '../sample.ts';
import { failEveryCall, failureCases } from './every-call.ts';

testSample(failureCases, (_title, failure) => failEveryCall('a start of IPv6', failure), 1_800_000);
