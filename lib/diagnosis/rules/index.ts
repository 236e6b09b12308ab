/** All rules, ordered by reliability: messages that name one cause come before symptoms that several causes share. */
import type { Rule } from '../rule.ts';
import { alarmRule } from './alarms.ts';
import { capacityRules } from './capacity.ts';
import { exitRules } from './exits.ts';
import { listeningRules } from './listening.ts';
import { startRules, vagueStartRules } from './starts.ts';
import { healthRules } from './health.ts';

export const RULES: readonly Rule[] = [
  ...startRules,
  ...exitRules,
  alarmRule,
  ...listeningRules,
  ...healthRules,
  ...capacityRules,
  ...vagueStartRules,
];
