// Fails each call in turn while access logs are turned on, in every way: the next run completes the bucket and the attributes.
import { testSample } from '../sample.ts';
import { failEveryCall, failureCases } from './every-call.ts';

testSample(failureCases, (_title, failure) => failEveryCall('a start of access logs', failure), 1_800_000);
