/** Checks of a stack: its domain, its tags, and the names of environment variables. */
import type { Config } from '../config.ts';
import { pathOfContainer, containersWithServices, type Finding } from '../finding.ts';
import * as rules from '../field-rules.ts';
import { display } from '../display.ts';

export function* domainIsInZone({ domain }: Config): Iterable<Finding> {
  if (domain !== undefined && domain.name !== domain.zone && !domain.name.endsWith(`.${domain.zone}`))
    yield {
      path: ['domain', 'name'],
      fix: `Give ${domain.zone} or a name that ends with .${domain.zone}: it must lie in the zone.`,
      reads: [['domain', 'zone']],
    };
}

/** AWS allows 50 tags, and our own need room: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions */
const MAX_TAGS = 45;

export function* tagsAreFew({ tags }: Config): Iterable<Finding> {
  const count = Object.keys(tags).length;
  if (count > MAX_TAGS)
    yield {
      path: ['tags'],
      value: `${count} tags`,
      fix: `Give at most ${MAX_TAGS}: AWS takes 50, Slipway adds its own.`,
    };
}

export function* tagKeysAreWritten({ tags }: Config): Iterable<Finding> {
  const seen = new Map<string, string>();
  for (const key of Object.keys(tags)) {
    const other = seen.get(key.toLowerCase());
    const fix =
      rules.tagKey(key) ??
      (other === undefined ? undefined : `Remove it or ${other}: IAM does not tell their keys apart.`);
    if (fix !== undefined) yield { path: ['tags', key], value: display(key), fix };
    seen.set(key.toLowerCase(), key);
  }
}

export function* variablesAreNamed(config: Config): Iterable<Finding> {
  for (const { service, container } of containersWithServices(config))
    for (const name of Object.keys(container.environment)) {
      const fix = rules.variableName(name);
      if (fix !== undefined)
        yield { path: pathOfContainer(service, container, 'environment', name), value: display(name), fix };
    }
}
