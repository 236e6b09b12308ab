/** Habits of speech that this repository has given up: each with the pattern that finds it and the better wording. */

/** One way of writing that makes readers read a sentence twice. */
export interface Habit {
  readonly name: string;
  readonly pattern: RegExp;
  /** The better wording, and the reason where it is not obvious. */
  readonly better: string;
}

const NUMBER = String.raw`(?:one|two|three|four|five|six|ten|twenty|fifty|hundred|\d+)`;
const UNIT = String.raw`(?:account|batch|call|case|client|container|file|group|key|kind|line|name|noun|page|process|region|request|rule|run|service|stack|step|task|test|user|worker|zone)`;

/** Habits in any prose: comments, strings, test titles and documents. */
export const HABITS: readonly Habit[] = [
  { name: 'guillemets', pattern: /[«»]/, better: 'straight quotation marks: "…"' },
  { name: '"for ever"', pattern: /\bfor ever\b/i, better: '"indefinitely", or "forever"' },
  { name: '"anew"', pattern: /\banew\b/i, better: '"again", or the verb itself: replace, rewrite' },
  { name: '"mend"', pattern: /\bmend(s|ed|ing)?\b/i, better: '"fix" for people, "repair" for drift' },
  {
    name: '"told"',
    pattern: /\btold\b/i,
    better: '"is reported", "by default", "is asked to", "is distinguished"',
  },
  {
    name: '"of ours"',
    pattern: /\bof (?:ours|theirs|yours|AWS's(?! \w))/i,
    better: 'a possessive: "our VPC", "the stack\'s", "AWS\'s"',
  },
  {
    name: '"of its own"',
    pattern: /\bof (?:its|their|one's) own\b(?! [a-z])/i,
    better: '"its own …", "a separate …"',
  },
  {
    name: '"is none"',
    pattern: /(?<!\bthere (?:can )?)\b(?:is|are|was|were|makes?|be) none\b/i,
    better: '"is not a …", "there is no …"',
  },
  {
    name: '"a text"',
    pattern: /\b(?:an?|any|every|each|no|one|some) text\b(?! (?:editor|field|file))|\btexts\b/i,
    better: '"a string"; a file has contents',
  },
  {
    name: '"by itself"',
    pattern: /\bby (?:itself|themselves)\b/i,
    better: '"automatically", "on its own", "alone"',
  },
  {
    name: '"whoever" and "who" as a subject',
    pattern: /\bwhoever\b|\bwho asks\b|(?:^|[.:;] )Who [a-z]+(?![^.]*\?)/,
    better: 'name the actor: "the caller", "a user", "another process"',
  },
  {
    name: '"stands in" and "lies in"',
    pattern: /\b(?:stands?|stood|lies?|lay) (?:at|in|there)\b/i,
    better: '"is in", "is at"',
  },
  {
    name: '"a" for "per"',
    pattern: new RegExp(
      String.raw`\b(?<!\b(?:no|the) )${NUMBER}(?: (?!(?:if|of|when|with|without) )[a-z]+)? a ${UNIT}\b`,
      'i',
    ),
    better: '"per": one per zone, ten per call',
  },
  {
    name: '"somebody", "nobody", "everybody"',
    pattern: /\b(?:some|no|every|any)body\b/i,
    better: 'name the actor: "a user", "another stack", "no process"; else "someone", "no one"',
  },
  { name: '"thing"', pattern: /\bthings?\b/i, better: '"resource", or the noun itself' },
  { name: '"so many"', pattern: /\bso many\b/i, better: 'the number: "this many", "a given number of"' },
  { name: '"at last"', pattern: /\bat last\b/i, better: '"finally", "in the end"' },
  { name: '"one after the other"', pattern: /\bone after (?:the other|another)\b/i, better: '"in sequence"' },
  {
    name: '"comes of", "comes to", "makes of"',
    pattern:
      /\b(?:became|becomes?|came|comes) of (?:it|them|an?|the|one|what|each)\b|\bwhat [\w' ]+ ma(?:de|kes) of\b|\bcomes? to (?:its|an|the) end\b/i,
    better: '"results in", "ends", "turns into"',
  },
  {
    name: '"goes with"',
    pattern: /\bgo(?:es)? with (?:its?|them)\b/i,
    better: '"is deleted together with"',
  },
  {
    name: 'inversions',
    pattern: /\bonly then (?:are|do|does|is)\b/i,
    better: 'subject first: "… only then"',
  },
];

/** Habits at the start of a doc comment, which names what is documented. */
export const OPENING_HABITS: readonly Habit[] = [
  {
    name: '"What …", "How …", "Who …"',
    pattern: /^(?:What|How|Who|Whoever|Whose)\b/,
    better: 'a noun or a verb: "The …", "Returns …", "Lists …", "Milliseconds between …"',
  },
];
