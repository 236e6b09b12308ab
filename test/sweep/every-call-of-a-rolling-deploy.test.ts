// Each call of a rolling deploy in turn goes wrong, in every way: the next run brings all to its end, and leaves no twin behind.
import { test } from '@jest/globals';
import { blows, type BlowName } from './blows.ts';
import { everyCall } from './every-call.ts';

test.each(Object.keys(blows) as BlowName[])('%s', (blow) => everyCall('a rolling deploy', blow), 1_800_000);
