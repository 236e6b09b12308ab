// Fails each call in turn while access logs are turned off, in every way: the next run removes the bucket with its logs.
import { testSample } from '../sample.ts';
import { failEveryCall, failureCases } from './every-call.ts';

testSample(failureCases, (_title, failure) => failEveryCall('an end of access logs', failure), 1_800_000);
