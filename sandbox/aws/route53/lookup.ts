/** Looks up records of one type in the hosted zones of the account, as a resolver on the internet would. */
import type { Region } from '../../world/region.ts';
import { normalName } from './names.ts';
import { answeringZone, recordsFor, valuesOf } from './resolve.ts';
import type { RecordRow } from './store.ts';

const recordsOf = (region: Region, name: string, type: RecordRow['Type']): RecordRow[] => {
  const fullName = normalName(name);
  const zone = answeringZone(region, fullName);
  return zone ? recordsFor(zone, fullName).filter((record) => record.Type === type) : [];
};

/** Returns the name to which the CNAME of a name leads, in Route 53's form; undefined if the name has no CNAME. */
export function cnameTarget(region: Region, name: string): string | undefined {
  const [record] = recordsOf(region, name, 'CNAME');
  const value = record && valuesOf(record)[0];
  return value === undefined ? undefined : normalName(value);
}

/** Returns the values of the CAA records at a name, such as `0 issue "amazon.com"`. */
export const caaValues = (region: Region, name: string): string[] =>
  recordsOf(region, name, 'CAA').flatMap(valuesOf);
