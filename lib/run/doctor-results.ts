/** The result of `doctor` as data: the fields of the document that `--json` prints, and of the value that the API returns. */

/** The outcomes of a check. A warning does not keep a stack from being provisioned. */
export type CheckState = 'ok' | 'no' | 'warning' | 'skipped';

/** The outcome of one check. */
export type DoctorCheck = {
  /** What the check is about: `machine`, `configuration`, `account` or `domain`. */
  readonly group: string;
  /** E.g. `clock`. */
  readonly name: string;
  readonly state: CheckState;
  /** What was found, or why the check was skipped. */
  readonly text: string;
  /** What to do, the most likely first; empty unless the state is `no` or `warning`. */
  readonly fix: readonly string[];
};

/** The outcomes of all checks. */
export type DoctorResult = {
  readonly target: 'sandbox' | 'aws';
  /** `<name>-<stage>`; null if the configuration is not valid. */
  readonly stack: string | null;
  /** Null if the configuration is not valid. */
  readonly region: string | null;
  /** The number of the AWS account; null if it is unknown. */
  readonly account: string | null;
  readonly checks: readonly DoctorCheck[];
  /** The number of checks by state. */
  readonly counts: Readonly<Record<CheckState, number>>;
  /** Whether no check says NO. */
  readonly healthy: boolean;
};
