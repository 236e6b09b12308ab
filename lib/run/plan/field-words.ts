/** Says in words how the fields of a resource change, with values that a user can read. Pure. */
import { countText } from '../../model/count-text.ts';
import { changedParts } from '../../derive/revision-words.ts';
import { RELEASE_FIELD, type Change, type FieldChange, type Value } from '../../model/change.ts';
import { mayBeSecret, withoutArns } from '../plan-text.ts';
import { mayText, permissionChanges, resourceWords, trustText } from './policy-words.ts';
import { containerName, namesById, NOUN_WORDS, type PlanFacts } from './resource-names.ts';

/** A detail of a change: a sentence, or a field with its values, which are shortened to fit a line. */
export type Detail = string | { readonly label: string; readonly from: string; readonly to: string };

/** Fields that follow from another change in the plan, so that they say nothing new. */
const FOLLOWING = /^(task definition|load balancers|target group|name|status|older revisions|alias zone)$/;

/** Returns the words for a value that becomes known only when another resource exists, e.g. `the new NAT gateway`. */
function laterText(after: string): string {
  const noun = after.split('.')[0] ?? after;
  const words = NOUN_WORDS[noun as keyof typeof NOUN_WORDS] as { one: string; many: string } | undefined;
  return `the new ${after === 'subnets' ? 'subnets' : (words?.one ?? after)}`;
}

/** Formats a value: names instead of ids and ARNs, and the first characters of an image's digest. */
export function valueWords(value: Value | undefined, names: ReadonlyMap<string, string>): string {
  if (value === undefined) return '(none)';
  if (typeof value === 'object') return laterText(value.after);
  if (value === '') return '(empty)';
  const text = String(value).replace(
    /\S+\/(\S+)@sha256:([\da-f]{12})[\da-f]*/g,
    (_match, repository: string, digest: string) => `${repository.split('/').at(-1)} ${digest}`,
  );
  const named = [...names].reduce(
    (words, [id, name]) => (id === '' ? words : words.replaceAll(id, name)),
    text,
  );
  return withoutArns(named);
}

/** Formats the label of a field, e.g. `deregistration delay timeout seconds`. */
const labelOf = (field: string): string =>
  field
    .replace(/^attribute\./, '')
    .replace(/^tag\./, 'tag ')
    .replace(/^health\./, 'health check ')
    .replace(/[._]/g, ' ');

/** Says which clients a rule of a security group admits, e.g. `port 80 from 10.0.0.0/8`. */
const ruleWords = (rule: string, preposition: 'from' | 'to', names: ReadonlyMap<string, string>): string => {
  const [protocol = '', port = '', peer = ''] = rule.startsWith('everything ')
    ? ['', '', rule.slice('everything '.length)]
    : rule.split(' ');
  const place = /^(0\.0\.0\.0\/0|::\/0)$/.test(peer) ? `anywhere (${peer})` : (names.get(peer) ?? peer);
  const what = protocol === '' ? 'everything' : `${protocol === 'tcp' ? 'port' : `${protocol} port`} ${port}`;
  return `${what} ${preposition} ${place}`;
};

const entriesIn = (value: Value | undefined): string[] =>
  typeof value === 'string' && value !== '' ? value.split(', ') : [];

/** Whether details say what a run is about to do, or how what exists differs from the configuration. */
export type Tense = 'plan' | 'drift';

/** Says which rules a security group gains and loses. */
function rulesDetails(
  { field, from, to }: FieldChange,
  tense: Tense,
  names: ReadonlyMap<string, string>,
): Detail[] {
  if (typeof to === 'object') return [`${labelOf(field)} is opened for ${laterText(to.after)}`];
  const preposition = field === 'ingress' ? 'from' : 'to';
  const [added, removed] = entryDifference(from, to);
  const list = (rules: readonly string[]) =>
    rules.map((rule) => ruleWords(rule, preposition, names)).join(', ');
  const subject = field === 'balancer egress' ? 'the load balancer' : 'its tasks';
  const verbs = {
    plan:
      field === 'ingress'
        ? ['allows', 'no longer allows']
        : [`${subject} may reach`, `${subject} may no longer reach`],
    drift:
      field === 'ingress'
        ? ['should allow', 'should not allow']
        : [`${subject} should reach`, `${subject} should not reach`],
  }[tense];
  return [
    ...(added.length > 0 ? [`${verbs[0]} ${list(added)}`] : []),
    ...(removed.length > 0 ? [`${verbs[1]} ${list(removed)}`] : []),
  ];
}

/** Returns the entries that a list gains, and those that it loses. */
function entryDifference(
  from: Value | undefined,
  to: Value | undefined,
): [added: string[], removed: string[]] {
  const [before, after] = [entriesIn(from), entriesIn(to)];
  return [after.filter((one) => !before.includes(one)), before.filter((one) => !after.includes(one))];
}

/** Says which managed policies a role gains and loses. */
function managedPolicyDetails({ from, to }: FieldChange, tense: Tense): Detail[] {
  const [added, removed] = entryDifference(from, to).map((arns) => arns.map(resourceWords).join(', '));
  const [gains, loses] = tense === 'plan' ? ['gains', 'loses'] : ['lacks', 'should not have'];
  return [
    ...(added ? [`${gains} the managed policies ${added}`] : []),
    ...(removed ? [`${loses} the managed policies ${removed}`] : []),
  ];
}

const textOf = (value: Value | undefined): string => (typeof value === 'string' ? value : '');

function detailsOf(fieldChange: FieldChange, tense: Tense, names: ReadonlyMap<string, string>): Detail[] {
  const { field, from, to } = fieldChange;
  if (mayBeSecret(field)) return [`${labelOf(field)} differs`];
  if (field === RELEASE_FIELD) return [`${field}: ${valueWords(to, names)}`];
  if (/^(ingress|egress|balancer egress)$/.test(field)) return rulesDetails(fieldChange, tense, names);
  if (field === 'inline policies') return permissionChanges(textOf(from), textOf(to), tense);
  if (field === 'managed policies') return managedPolicyDetails(fieldChange, tense);
  if (field === 'default action' && tense === 'plan' && /^(redirect|fixed-response 404)/.test(textOf(to)))
    return [
      textOf(to).startsWith('redirect')
        ? 'redirects requests to HTTPS'
        : 'answers requests without a route with 404',
    ];
  if (field === 'trust policy') {
    const [before, after] = [trustText(textOf(from)), trustText(textOf(to))];
    if (before === after) return ['the conditions under which it may be assumed differ'];
    return [{ label: 'may be assumed by', from: before, to: after }];
  }
  return [{ label: labelOf(field), from: valueWords(from, names), to: valueWords(to, names) }];
}

/** Lists that repeat what other fields of a task definition say. */
const LIST_FIELD = /^containers$|\.(environment|secrets)$/;

/** Says what is new in the next version of a service. Values that may be secret are never shown. */
function versionDetails(
  { fields, key }: Change,
  facts: PlanFacts,
  tense: Tense,
  names: ReadonlyMap<string, string>,
): Detail[] {
  const shown = fields.filter(({ field }) => !FOLLOWING.test(field) && !field.startsWith('tag.'));
  const before = facts.found.taskDefinitions.get(key)?.definition['containers'];
  const after = shown.find(({ field }) => field === 'containers')?.to ?? before;
  const kept = entriesIn(before).filter((name) => entriesIn(after).includes(name));
  const hasValues = ({ field }: FieldChange) =>
    !mayBeSecret(field) &&
    !LIST_FIELD.test(field) &&
    (!field.includes('.') || kept.includes(field.split('.')[0] ?? ''));
  const others = shown.filter((one) => !hasValues(one)).map(({ field }) => field);
  return [
    ...shown.filter(hasValues).map(({ field, from, to }): Detail => {
      const [label = field] = changedParts([field], before, before);
      return { label, from: valueWords(from, names), to: valueWords(to, names) };
    }),
    ...changedParts(others, before, after).map((part) =>
      tense === 'plan'
        ? part
        : part.replace(/ added$/, ' is missing').replace(/ removed$/, ' is not in the configuration'),
    ),
  ];
}

/**
 * Returns the details of a change. Tags are left out; a plan lists them together.
 * @param version the change of the task definition of a service, which is shown as a part of the service
 */
export function changeDetails(change: Change, facts: PlanFacts, tense: Tense, version?: Change): Detail[] {
  const names = namesById(facts);
  if (change.noun === 'taskDefinitions') return versionDetails(change, facts, tense, names);
  const hasIngress = change.fields.some(({ field }) => field === 'ingress');
  const own = change.fields.filter(({ field, to }) => {
    if (field.startsWith('tag.')) return false;
    // The load balancer may reach what admits it.
    if (field === 'balancer egress' && hasIngress) return false;
    return !FOLLOWING.test(field) || (tense === 'drift' && typeof to !== 'object');
  });
  const details = own.flatMap((field) => detailsOf(field, tense, names));
  return version ? [...versionDetails(version, facts, tense, names), ...details] : details;
}

/** Describes a new resource in a few words after its name; empty if its name says enough. */
export function creationText(change: Change, { config }: PlanFacts): string {
  const { noun, key, fields } = change;
  const value = (name: string) => {
    const to = fields.find(({ field }) => field === name)?.to;
    return to === undefined || typeof to === 'object' ? '' : String(to);
  };
  if (noun === 'services') {
    const service = config.services.find(({ name }) => name === key);
    if (!service) return '';
    const { count, cpu, memory, containers } = service;
    const names = containers.map(({ name }) => name).join(', ');
    return `${countText(count, 'task')} with ${cpu / 1024} vCPU and ${memory} MiB, running ${names}`;
  }
  if (noun === 'loadBalancer')
    return value('scheme') === 'internal' ? 'with private addresses only' : 'open to the internet';
  if (noun === 'rules') {
    const container = config.services
      .flatMap(({ containers }) => containers)
      .find((one) => one.key === key.split(':')[0]);
    const action = value('action');
    if (action !== '') return action;
    return container ? `to ${containerName(config, container.key)}, port ${container.port}` : '';
  }
  if (noun === 'roles')
    return [mayText(value('inline policies')), managedText(value('managed policies'))]
      .filter(Boolean)
      .join('; ');
  if (noun === 'certificate') return `for ${value('names')}`;
  return '';
}

const managedText = (policies: string): string =>
  policies === '' ? '' : `and all that ${entriesIn(policies).map(resourceWords).join(', ')} allow`;
