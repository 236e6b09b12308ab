// Fails each call in turn while a stack loses IPv6, in every way: the next run removes the rest of it.
import { testSample } from '../sample.ts';
import { failEveryCall, failureCases } from './every-call.ts';

testSample(failureCases, (_title, failure) => failEveryCall('an end of IPv6', failure), 1_800_000);
