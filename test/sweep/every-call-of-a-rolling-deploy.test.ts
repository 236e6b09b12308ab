// Each call of a rolling deploy in turn goes wrong, in every way: the next run brings all to its end, and leaves no twin behind.
import { testSome } from '../sample.ts';
import { everyCall, ways } from './every-call.ts';

testSome(ways, (blow) => everyCall('a rolling deploy', blow), 1_800_000);
