/** Checks of a stack: its domain, its tags, and the names of environment variables. */
import type { Config } from '../config.ts';
import { pathOfContainer, containersWithServices, type Finding } from '../finding.ts';
import * as rules from '../field-rules.ts';
import { display } from '../display.ts';

export function* oneZoneIsNamed({ domain }: Config): Iterable<Finding> {
  if (domain === undefined) return;
  const { zone, zoneId, createZone } = domain;
  const basedOn = [
    ['domain', 'zone'],
    ['domain', 'zoneId'],
  ];
  if (zone === undefined && zoneId === undefined)
    yield {
      path: ['domain', 'zone'],
      fix: 'Add the hosted zone that the name is in, e.g. example.com, or its id as zoneId.',
      basedOn,
    };
  else if (zoneId !== undefined && zone !== undefined)
    yield {
      path: ['domain', 'zoneId'],
      fix: 'Remove zone or zoneId: the id names the zone already.',
      basedOn,
    };
  else if (zoneId !== undefined && createZone)
    yield {
      path: ['domain', 'createZone'],
      fix: 'Remove it, or use zone instead of zoneId: Route 53 chooses the id of a new zone.',
      basedOn,
    };
}

export function* domainIsInZone({ domain }: Config): Iterable<Finding> {
  if (domain?.zone === undefined) return;
  const { name, names, zone } = domain;
  const isOutside = (other: string) => other !== zone && !other.endsWith(`.${zone}`);
  const fix = `Use ${zone} or a name that ends with .${zone}: the name must be in the zone.`;
  if (isOutside(name)) yield { path: ['domain', 'name'], fix, basedOn: [['domain', 'zone']] };
  for (const [index, other] of names.entries())
    if (isOutside(other)) yield { path: ['domain', 'names', index], fix, basedOn: [['domain', 'zone']] };
}

/** AWS allows 50 tags, including the ones that Slipway adds: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions */
const MAX_TAGS = 45;

export function* tagsAreWithinLimit({ tags, waf }: Config): Iterable<Finding> {
  const count = Object.keys(tags).length;
  // The load balancer has another tag, which names its web ACL.
  const most = waf === undefined ? MAX_TAGS : MAX_TAGS - 1;
  if (count > most)
    yield {
      path: ['tags'],
      value: `${count} tags`,
      fix: `Use at most ${most}: AWS allows 50, and Slipway adds its own.`,
    };
}

export function* tagKeysAreWellFormed({ tags }: Config): Iterable<Finding> {
  const seen = new Map<string, string>();
  for (const key of Object.keys(tags)) {
    const other = seen.get(key.toLowerCase());
    const fix =
      rules.tagKey(key) ??
      (other === undefined ? undefined : `Remove it or ${other}: IAM ignores case in tag keys.`);
    if (fix !== undefined) yield { path: ['tags', key], value: display(key), fix };
    seen.set(key.toLowerCase(), key);
  }
}

export function* variableNamesAreWellFormed(config: Config): Iterable<Finding> {
  for (const { service, container } of containersWithServices(config))
    for (const name of Object.keys(container.environment)) {
      const fix = rules.variableName(name);
      if (fix !== undefined)
        yield { path: pathOfContainer(service, container, 'environment', name), value: display(name), fix };
    }
}
