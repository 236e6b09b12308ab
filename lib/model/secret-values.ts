/** Distinguishes secret values from ordinary ones, by the name of a variable and by the form of a value. Pure. */

/** The words in the name of a variable or an option whose value is a secret. */
const SECRET_WORDS = new Set(
  'apikey auth authorization cookie credential credentials dsn key keys pass passphrase passwd password private pwd salt secret secrets signature token tokens webhook'.split(
    ' ',
  ),
);

/** Splits a name such as `DATABASE_PASSWORD`, `apiKey` or `--api-key` into lower-case words. */
const wordsOf = (name: string): string[] =>
  name
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/);

/** Whether a name says that its value is a secret. A public key is not secret. */
export function isSecretName(name: string): boolean {
  const words = wordsOf(name);
  return words.some((word) => SECRET_WORDS.has(word)) && !words.includes('public');
}

/** Forms of secrets, wherever they occur: the part in the first group is kept. */
const SECRET_FORMS: readonly RegExp[] = [
  // A password in a URL, which may be cut off.
  /(\b[a-z][\w+.-]{0,30}:\/\/[^\s/:@'"]*:)(?!\d{1,5}…)[^\s/@'"…]+(?=[@…])/gi,
  // A JSON Web Token: https://datatracker.ietf.org/doc/html/rfc7519
  /()\beyJ[\w-]{8,}(?:\.[\w-]{8,}\.[\w-]*|(?:\.[\w-]*){0,2}(?=…))/g,
  // An access key ID of AWS: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
  /()\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /()-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  // Credentials in a header, which have a digit: words after "basic" and "bearer" have none.
  /(\b(?:basic|bearer)\s+)(?=[^\s'"]*\d)[\w+/=.~-]{8,}/gi,
  // Tokens of code hosts, registries and chats, which begin with their kind.
  /()\b(?:gh[oprsu]_|github_pat_|glpat-|npm_|xox[abeprs]-|sk[-_](?:live|test|proj|ant)[-_])[\w-]{10,}/g,
  // An assignment as programs print it: `password=…`, `"token":"…"`, `secret: '…'`.
  /\b([\w-]*(?:password|passwd|secret|token|api[_-]?key)["']?(?:=|:\s?(?=["'])))(?:"[^"\s]+"|'[^'\s]+'|[^\s"'&;,})(]+)/gi,
];

/** Replaces every part of a string that has the form of a secret. */
export const withoutSecretForms = (text: string, hidden: string): string =>
  SECRET_FORMS.reduce((rest, form) => rest.replaceAll(form, `$1${hidden}`), text);

/** Keys and tokens are at least this long. */
const MIN_RANDOM_LENGTH = 20;
/** The minimum entropy of a random string, in bits per character. Words and host names have less. */
const MIN_ENTROPY = 3.7;

/**
 * Whether a string seems to be generated at random: long, with letters and digits mixed, and not the name of a host or a file.
 */
export function isRandom(value: string): boolean {
  if (value.length < MIN_RANDOM_LENGTH || !/^[\w+/=.~-]+$/.test(value)) return false;
  const isName = /^[\da-z-]+(\.[\da-z-]+)+$/.test(value) || /^\.{0,2}\//.test(value) || /^arn:/.test(value);
  const isUuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(value);
  if (isName || isUuid || !/\d/.test(value) || !/[A-Za-z]/.test(value)) return false;
  return /^[\da-f]{32,}$/i.test(value) || entropyOf(value) >= MIN_ENTROPY;
}

/** Returns the Shannon entropy of a string, in bits per character. */
function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  return [...counts.values()].reduce(
    (sum, count) => sum - (count / text.length) * Math.log2(count / text.length),
    0,
  );
}

/** Whether the parts of a URL's path or query contain a secret, as those of webhooks do. */
const hasRandomPart = (value: string): boolean =>
  /^[a-z][\w+.-]*:\/\//i.test(value) && value.split(/[/?&=#:@]/).some((part) => isRandom(part));

/** Returns the secrets in the value of a variable: the value itself, and the password if the value is a URL with one. */
export function secretsInVariable(name: string, value: string): string[] {
  const isSecret =
    isSecretName(name) || isRandom(value) || hasRandomPart(value) || withoutSecretForms(value, '') !== value;
  return isSecret ? [value, ...passwordIn(value)] : [];
}

function passwordIn(value: string): string[] {
  const [, password] = /^[a-z][\w+.-]*:\/\/[^\s/:@]*:([^\s/@]+)@/i.exec(value) ?? [];
  if (password === undefined) return [];
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}

/** Returns the secrets among the words of a command: values of options such as `--token`, and words with the form of a secret. */
export const secretsInCommand = (words: readonly string[]): string[] =>
  words.flatMap((word, index) => {
    const [, option, value] = /^(-{0,2}[\w-]+)=(.+)$/s.exec(word) ?? [];
    if (option !== undefined && value !== undefined) return secretsInVariable(option, value);
    const before = words[index - 1] ?? '';
    return secretsInVariable(/^--?[\w-]+$/.test(before) ? before : '', word);
  });
