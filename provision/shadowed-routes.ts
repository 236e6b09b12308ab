/** Warns of the parts of routes that never apply, because a rule that is evaluated earlier matches these requests. Pure. */
import type { Config } from '../lib/config/config.ts';
import { pathText } from '../lib/config/display.ts';
import { configuredRules } from '../lib/derive/rule-priorities.ts';
import { shadowedBy } from '../lib/derive/rule-coverage.ts';
import type { Event } from '../lib/model/report.ts';

/** Returns a warning for each rule of which some values never apply. A rule that never applies at all is a mistake. */
export function shadowEvents(config: Config): Event[] {
  const rules = [...configuredRules(config).values()].sort((one, other) => one.priority - other.priority);
  return rules.flatMap((rule, index): Event[] => {
    for (const earlier of rules.slice(0, index)) {
      const values = shadowedBy(earlier.conditions, rule.conditions);
      // The rule of `/` beside that of `/api` is meant this way, and so is a method of a path beside the path.
      if (values === 'all' || values.length === 0) continue;
      return [
        {
          type: 'warning',
          text: `${pathText(rule.configPath)}: ${values.join(' and ')} never ${values.length === 1 ? 'applies' : 'apply'}, since ${pathText(earlier.configPath)} matches these requests first`,
        },
      ];
    }
    return [];
  });
}
