// Each call of a teardown in turn goes wrong, in every way: the next run brings all to its end, and leaves no twin behind.
import { testSome } from '../sample.ts';
import { everyCall, ways } from './every-call.ts';

testSome(ways, (blow) => everyCall('a teardown', blow), 1_800_000);
