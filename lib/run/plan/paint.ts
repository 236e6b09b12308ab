/** Colours the lines of a plan; each colour repeats what its line says. Pure. */
import { styleText } from 'node:util';

type PlanStyle = Parameters<typeof styleText>[0];

const SIGN_STYLES: Readonly<Record<string, PlanStyle>> = {
  '+': 'green',
  '~': 'yellow',
  '±': 'magenta',
  '-': 'red',
  '!': 'red',
};

/** A heading begins in the first column; an entry has a sign in the third one, and a warning in the seventh. */
const HEADING = /^(Services|Routes|Domain|Network|Permissions|Logs|Tags)\b/;
const ENTRY = /^( {2})([+~±!-])( .*)$/;
const WARNING = /^ {6}! /;

/** Colours a line of a plan. The caller decides whether to use colour. */
export function paintedLine(line: string): string {
  const paint = (style: PlanStyle, text: string) => styleText(style, text, { validateStream: false });
  if (HEADING.test(line)) return paint('bold', line);
  if (WARNING.test(line)) return paint('red', line);
  const [, indent = '', sign = '', rest = ''] = ENTRY.exec(line) ?? [];
  const style = SIGN_STYLES[sign];
  return style === undefined ? line : `${indent}${paint(style, sign)}${rest}`;
}
