/** Sorts the changes of a plan into entries for people: what belongs together is one entry, in the order of its importance. Pure. */
import { nouns, type Noun } from '../../model/architecture.ts';
import { RELEASE_FIELD, type Change, type FieldChange, type Value, type Verb } from '../../model/change.ts';
import { effectOf, type Effect } from './effects.ts';
import { changeDetails, creationText, type Detail, type Tense } from './field-words.ts';
import { countedNoun, NOUN_WORDS, resourceName, type Group, type PlanFacts } from './resource-names.ts';

/** One entry of a plan. */
export interface PlanItem {
  readonly group: Group;
  readonly verb: Verb;
  /** E.g. `service shop` or `4 subnets, 2 security groups`. */
  readonly title: string;
  /** A few words after the title; empty for none. */
  readonly text: string;
  /** Why the resource is replaced or refused. */
  readonly reason: string | undefined;
  readonly effect: Effect | undefined;
  readonly details: readonly Detail[];
  /** 0 is the most important. */
  readonly rank: number;
}

/** The nouns whose new or removed resources have an entry each; all others of a group share one entry. */
const MAIN: readonly Noun[] = [
  'services',
  'loadBalancer',
  'rules',
  'record',
  'hostedZone',
  'certificate',
  'roles',
];

const RANKS: Readonly<Record<Verb, number>> = { refused: 0, replace: 2, remove: 3, create: 4, update: 5 };

/** Interruptions come first, then replacements, removals, new resources and changes. */
const rankOf = (verb: Verb, effect: Effect | undefined): number => (effect?.isHarmful ? 1 : RANKS[verb]);

/** Tags with which a stack marks its resources; they follow from other changes. */
const OWN_TAG = /^tag\.(Name|slipway:.*)$/;
const isTag = ({ field }: FieldChange): boolean => field.startsWith('tag.');

/** Returns the entries of a plan, the most important first within each group. */
export function planItems(changes: readonly Change[], facts: PlanFacts, tense: Tense = 'plan'): PlanItem[] {
  const allOf = (noun: Noun) => changes.filter((change) => change.noun === noun && change.verb === 'remove');
  const removed = new Set(
    nouns.filter((noun) => facts.found[noun].size > 0 && allOf(noun).length === facts.found[noun].size),
  );
  const services = new Set(changes.filter(({ noun }) => noun === 'services').map(({ key }) => key));
  const rest = changes.filter(
    (change) =>
      !(change.noun === 'taskDefinitions' && services.has(change.key) && change.verb === 'update') &&
      !isOnlyTags(change),
  );
  const single: PlanItem[] = [];
  const shared: Change[] = [];
  for (const change of rest) {
    const effect = effectOf(change, facts, removed);
    const isListed = change.verb === 'create' || change.verb === 'remove';
    if (isListed && !(MAIN.includes(change.noun) && isShownAlone(change, removed)) && effect === undefined)
      shared.push(change);
    else single.push(itemOf(change, facts, { effect, tense, version: versionOf(change, changes) }));
  }
  return [...single, ...sharedItems(shared, facts), ...tagItems(changes, facts)].sort(
    (one, other) => one.rank - other.rank,
  );
}

/** Without its load balancer, a route is removed together with many others, and needs no entry. */
const isShownAlone = ({ noun, verb }: Change, removed: ReadonlySet<Noun>): boolean =>
  verb === 'create' || (noun === 'rules' ? !removed.has('loadBalancer') : noun !== 'roles');

const isOnlyTags = ({ verb, fields }: Change): boolean =>
  verb === 'update' && fields.length > 0 && fields.every(isTag);

/** Returns the change of the task definition that a service deploys. */
const versionOf = ({ noun, key, verb }: Change, changes: readonly Change[]): Change | undefined =>
  noun === 'services' && verb !== 'create'
    ? changes.find(
        (other) => other.noun === 'taskDefinitions' && other.key === key && other.verb === 'update',
      )
    : undefined;

interface ItemParts {
  readonly effect: Effect | undefined;
  readonly tense: Tense;
  /** The change of the task definition that is shown as a part of its service. */
  readonly version: Change | undefined;
}

function itemOf(change: Change, facts: PlanFacts, { effect, tense, version }: ItemParts): PlanItem {
  const { noun, verb, reason, fields } = change;
  const isCreate = verb === 'create';
  const details = isCreate ? releaseDetails(fields) : changeDetails(change, facts, tense, version);
  const isAnnotated = verb === 'replace' || verb === 'refused' || reason.startsWith('taken over');
  const versionReason =
    version && /^the configuration is ahead/.test(version.reason) ? version.reason : undefined;
  return {
    group: NOUN_WORDS[noun].group,
    verb,
    title: resourceName(facts, change),
    text: isCreate ? creationText(change, facts) : updateText(change, details),
    reason: isAnnotated || reason.startsWith('the configuration is ahead') ? reason : versionReason,
    effect,
    details: details.length === 0 && !isCreate && fields.some(isUserTag) ? tagDetails(fields) : details,
    rank: rankOf(verb, effect),
  };
}

/** Says what a new service runs before its tasks. */
const releaseDetails = (fields: readonly FieldChange[]): string[] =>
  fields.flatMap(({ field, to }) => (field === RELEASE_FIELD ? [`${field}: ${textOfTag(to)}`] : []));

const isUserTag = (field: FieldChange): boolean => isTag(field) && !OWN_TAG.test(field.field);

/** Returns a few words about an update without details, which follows from another change of the plan. */
function updateText({ noun, verb, fields }: Change, details: readonly Detail[]): string {
  if (verb !== 'update' || details.length > 0) return '';
  const has = (name: string) => fields.some(({ field }) => field === name);
  if (noun === 'services' && has('task definition')) return 'runs a new version';
  if (noun === 'services' && has('load balancers')) return 'joins the new target groups';
  if (noun === 'rules') return 'leads to the new target group';
  if (has('older revisions')) return 'older versions are retired';
  return '';
}

/** Combines new and removed resources that share an entry: one per group and verb. */
function sharedItems(changes: readonly Change[], facts: PlanFacts): PlanItem[] {
  const sets = new Map<string, Change[]>();
  for (const change of changes) {
    const set = `${NOUN_WORDS[change.noun].group} ${change.verb}`;
    sets.set(set, [...(sets.get(set) ?? []), change]);
  }
  return [...sets.values()].map((set): PlanItem => {
    const [{ noun, verb }] = set as [Change];
    const ofNouns = nouns
      .map((one) => set.filter((change) => change.noun === one))
      .filter((some) => some.length > 0);
    return {
      group: NOUN_WORDS[noun].group,
      verb,
      title: ofNouns
        .map(([first = set[0] as Change, ...others]) =>
          others.length === 0 ? resourceName(facts, first) : countedNoun(first.noun, others.length + 1),
        )
        .join(', '),
      text: '',
      reason: undefined,
      effect: undefined,
      details: [],
      rank: rankOf(verb, undefined) + 0.5,
    };
  });
}

const textOfTag = (value: Value | undefined): string => (typeof value === 'object' ? '' : String(value));

const tagText = ({ from, to, field }: FieldChange): string => {
  const name = field.slice('tag.'.length);
  if (to === undefined) return `tag ${name} removed`;
  return from === undefined
    ? `tag ${name}: ${textOfTag(to)}`
    : `tag ${name}: ${textOfTag(from)} → ${textOfTag(to)}`;
};
const tagDetails = (fields: readonly FieldChange[]): string[] => fields.filter(isUserTag).map(tagText);

/** Combines resources of which only tags change: one entry per set of tags. */
function tagItems(changes: readonly Change[], facts: PlanFacts): PlanItem[] {
  const sets = new Map<string, Change[]>();
  for (const change of changes.filter(isOnlyTags)) {
    const userTags = tagDetails(change.fields);
    const text = userTags.length > 0 ? userTags.join(', ') : 'the tags that mark it as part of this stack';
    sets.set(text, [...(sets.get(text) ?? []), change]);
  }
  return [...sets].map(([text, set]): PlanItem => {
    const [first] = set as [Change];
    return {
      group: 'Tags',
      verb: 'update',
      title: set.length === 1 ? resourceName(facts, first) : `${set.length} resources`,
      text,
      reason: undefined,
      effect: undefined,
      details: [],
      rank: rankOf('update', undefined),
    };
  });
}
