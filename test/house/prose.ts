/** Extracts the prose of a file as fragments for the prose rules: comments, strings, and paragraphs of documents. */
import ts from 'typescript';
import { text } from './files.ts';
import { parse } from './source.ts';

/** One piece of prose, with its line. */
export interface Fragment {
  readonly file: string;
  readonly line: number;
  readonly words: string;
  /** Whether it is a doc comment that opens a file or documents an export. */
  readonly isPurpose: boolean;
}

/** Returns the fragments of a source file, a document, or a file with `#` comments. Other files have no fragments. */
export function fragmentsOf(file: string): Fragment[] {
  if (/\.[cm]?[jt]s$/.test(file)) return codeFragments(file);
  if (file.endsWith('.md')) return documentFragments(file);
  if (/\.(tf|ya?ml)$|(^|\/)Dockerfile$|^\.ci\/run$/.test(file)) return hashFragments(file);
  return [];
}

/** Replaces code in backticks, since it is not prose. */
const withoutCode = (words: string): string => words.replace(/`[^`\n]*`/g, '`…`');

function codeFragments(file: string): Fragment[] {
  const content = text(file);
  const source = parse(file, content);
  const fragments: Fragment[] = [];
  const seen = new Set<number>();
  const add = (pos: number, words: string, isPurpose = false) =>
    fragments.push({
      file,
      line: source.getLineAndCharacterOfPosition(pos).line + 1,
      words: withoutCode(words),
      isPurpose,
    });
  const addComments = (ranges: readonly ts.CommentRange[] | undefined, isExport: boolean) => {
    for (const [index, { pos, end }] of (ranges ?? []).entries()) {
      if (seen.has(pos)) continue;
      seen.add(pos);
      const isLast = index === (ranges?.length ?? 0) - 1;
      add(pos, commentText(content.slice(pos, end)), pos === 0 || (isExport && isLast));
    }
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
      addComments(ts.getLeadingCommentRanges(content, node.pos), false);
      return;
    }
    addComments(ts.getLeadingCommentRanges(content, node.pos), isExported(node));
    addComments(ts.getTrailingCommentRanges(content, node.end), false);
    if (isString(node) && /\s/.test(node.text.trim())) add(node.getStart(source), node.text);
    // Visits tokens as well, since a comment may precede a closing brace.
    for (const child of node.getChildren(source)) visit(child);
  };
  visit(source);
  return fragments;
}

const isString = (node: ts.Node): node is ts.StringLiteral | ts.TemplateLiteralLikeNode =>
  ts.isStringLiteral(node) || ts.isTemplateLiteralToken(node);

const isExported = (node: ts.Node): boolean =>
  ts.canHaveModifiers(node) &&
  (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);

/** Removes the delimiters and line breaks of a comment. */
const commentText = (comment: string): string =>
  comment
    .replace(/^\/\*+|\*+\/$|^\/\/+/g, '')
    .replace(/\n\s*\*?/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();

/** Returns the paragraphs of a document, without code, link targets and the generated part. */
function documentFragments(file: string): Fragment[] {
  const [handwritten = ''] = text(file).split('<!-- Below this line');
  const prose = handwritten
    .replace(/^```[\s\S]*?^```/gm, (block) => block.replace(/[^\n]/g, ''))
    .replace(/\]\([^)\s]+\)/g, ']');
  let line = 1;
  return prose.split('\n\n').map((paragraph) => {
    const fragment = {
      file,
      line,
      words: withoutCode(paragraph.replace(/\s+/g, ' ').trim()),
      isPurpose: false,
    };
    line += paragraph.split('\n').length + 1;
    return fragment;
  });
}

const hashFragments = (file: string): Fragment[] =>
  text(file)
    .split('\n')
    .flatMap((content, index) => {
      const words = /^\s*# (.+)$/.exec(content)?.[1];
      return words === undefined
        ? []
        : [{ file, line: index + 1, words: withoutCode(words), isPurpose: false }];
    });
