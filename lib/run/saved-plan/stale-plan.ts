/** Says what has changed since a plan was saved: a plan is carried out only if nothing has. Pure. */
import { shellWord } from '../command-line.ts';
import { NOTHING_CHANGED, problem, type Problem } from '../../model/problem.ts';
import type { PlannedChange, PlannedChanges, PlannedField, PlannedValue } from '../results.ts';
import { configurationChanges } from './configuration.ts';
import type { SavedPlan } from './format.ts';

/** The parts of a saved plan that are compared with those of now. */
export type ComparedPlan = Pick<SavedPlan, 'account' | 'configuration' | 'images' | 'plan'>;

/** Returns what differs between a saved plan and what would be planned now, a sentence each; empty if the plan still holds. */
export function planDifferences(saved: ComparedPlan, now: ComparedPlan): string[] {
  if (saved.account !== now.account)
    return [`The plan is for the account ${saved.account}, and the credentials are of ${now.account}.`];
  const ofConfiguration = configurationChanges(saved.configuration, now.configuration);
  const ofImages = Object.keys(saved.images)
    .filter((key) => now.images[key] !== undefined && now.images[key] !== saved.images[key])
    .map((key) => `The source of ${key} has changed: it gives another image.`);
  const isSameInput = ofConfiguration.length + ofImages.length === 0;
  if (isSameInput && saved.plan.changes.length > 0 && now.plan.changes.length === 0)
    return ['Everything that the plan changes is as configured already.'];
  const ofResources = resourceChanges(saved.plan, now.plan, isSameInput);
  return [...ofConfiguration, ...ofImages, ...ofResources];
}

/**
 * Returns the resources that are not as they were when the plan was saved.
 * @param isSameInput whether the configuration and the images are the same, so that every difference is one of the resources
 */
function resourceChanges(saved: PlannedChanges, now: PlannedChanges, isSameInput: boolean): string[] {
  const [before, after] = [byAddress(saved.changes), byAddress(now.changes)];
  const kept = { before: new Set(saved.kept), after: new Set(now.kept) };
  const existed = (changes: ReadonlyMap<string, PlannedChange>, keep: ReadonlySet<string>, address: string) =>
    keep.has(address) || (changes.has(address) && changes.get(address)?.verb !== 'create');
  const addresses = [...new Set([...before.keys(), ...after.keys(), ...kept.before, ...kept.after])];
  return addresses.flatMap((address) => {
    const [did, does] = [existed(before, kept.before, address), existed(after, kept.after, address)];
    // A resource that is in only one of the plans is there because of the configuration.
    const isPlannedNow = after.has(address) || kept.after.has(address);
    const wasPlanned = before.has(address) || kept.before.has(address);
    if (did && !does && (isSameInput || after.get(address)?.verb === 'create'))
      return [`${address} no longer exists.`];
    if (!did && does && wasPlanned) return [`${address} exists by now.`];
    if (!did && does && isSameInput) return [`${address} exists by now.`];
    if (!isPlannedNow || !wasPlanned) return [];
    return valueChanges(address, before.get(address), after.get(address), isSameInput);
  });
}

const byAddress = (changes: readonly PlannedChange[]): ReadonlyMap<string, PlannedChange> =>
  new Map(changes.map((change) => [change.address, change]));

/** Compares what the two plans found of one resource. */
function valueChanges(
  address: string,
  saved: PlannedChange | undefined,
  now: PlannedChange | undefined,
  isSameInput: boolean,
): string[] {
  const fieldsOf = (change: PlannedChange | undefined) =>
    new Map((change?.fields ?? []).map((field) => [field.field, field]));
  const [before, after] = [fieldsOf(saved), fieldsOf(now)];
  const sentences = [...new Set([...before.keys(), ...after.keys()])].flatMap((name) => {
    const [one, other] = [before.get(name), after.get(name)];
    // A field in only one of the plans has the configured value in the other.
    if (!isSameInput && (one === undefined || other === undefined)) return [];
    const [was, is] = [foundValue(one, other), foundValue(other, one)];
    if (text(was) === text(is) && (one === undefined) === (other === undefined)) return [];
    return [
      !isKnown(was) || !isKnown(is) || text(was) === text(is)
        ? `${name} of ${address} has changed.`
        : `${name} of ${address} was ${text(was)}, and is ${text(is)}.`,
    ];
  });
  if (sentences.length > 0 || !isSameInput) return sentences;
  return saved?.verb === now?.verb && saved?.reason === now?.reason
    ? []
    : [`${address} would be changed differently: ${now?.reason ?? 'it is as configured'}.`];
}

/** Returns the value that a plan has found; that of a field which it leaves alone is the configured one, in the other plan. */
const foundValue = (
  field: PlannedField | undefined,
  other: PlannedField | undefined,
): PlannedValue | undefined => (field === undefined ? other?.to : field.from);

/** Whether a value is known now. A value that may be secret is not in a plan, and others are known only when a resource exists. */
const isKnown = (value: PlannedValue | undefined): boolean =>
  value !== undefined && (typeof value !== 'object' || value === null);

const text = (value: PlannedValue | undefined): string =>
  value === null ? 'not set' : value === undefined ? '' : JSON.stringify(value);

/** The number of differences that the problem lists. */
const MAX_LISTED = 12;

/**
 * The problem with a plan that no longer holds.
 * @param file the path of the plan
 * @param service the service that the plan is limited to, if any
 */
export function stalePlan(file: string, service: string | null, differences: readonly string[]): Problem {
  const command = service === null ? 'npm run provision --' : `npm run deploy -- ${service}`;
  const more = differences.length - MAX_LISTED;
  return problem('PLAN_CHANGED', {
    what: `The plan in ${file} no longer holds.`,
    why: [...differences.slice(0, MAX_LISTED), ...(more > 0 ? [`and ${more} more differences.`] : [])].join(
      '\n',
    ),
    now: NOTHING_CHANGED,
    fix: [
      `${command} --plan=${shellWord(file)}, to plan again with what is there now`,
      'or undo these changes, and carry out the same plan.',
    ],
  });
}
