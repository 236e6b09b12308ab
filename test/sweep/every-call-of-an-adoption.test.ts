// Each call of a run that takes over what another stack has goes wrong in turn, in every way: the same command brings all to its end.
import { testSome } from '../sample.ts';
import { everyCall, ways } from './every-call.ts';

testSome(ways, (blow) => everyCall('an adoption', blow), 1_800_000);
