/** A fenced block of a document, with what the HTML comments right before it say. */
export interface DocBlock {
  readonly language: string;
  readonly code: string;
  /** The line of the opening fence. */
  readonly line: number;
  /**
   * Where it is in the app, for the other blocks to import: the name in bold code that begins the paragraph
   * before the block, for readers to see.
   */
  readonly file: string | undefined;
  /** `<!-- run -->`: Node has to run it without an error. */
  readonly run: boolean;
  /** `<!-- given: declare const form: FormData; -->`: lines in front that readers need not see. */
  readonly given: string;
}

const COMMENT = '<!--((?:(?!-->)[\\s\\S])*)-->';
const BLOCK = `^((?: *${COMMENT}\\s*?\\n)*)( *)\`\`\`(\\w+)[^\\n]*\\n([\\s\\S]*?)^\\3\`\`\``;
const FILE_NAME = /^ *\*\*`([^`\n]+\.\w+)`\*\*/;

export function docBlocks(markdown: string): DocBlock[] {
  return [...markdown.matchAll(new RegExp(BLOCK, 'gm'))].map((match) => {
    const [, comments = '', , indent = '', language = '', body = ''] = match;
    return {
      language,
      code: body.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
      line: markdown.slice(0, match.index + comments.length).split('\n').length,
      file: fileNamedBefore(markdown.slice(0, match.index)),
      ...directives(comments),
    };
  });
}

/** The npm scripts that a shell block calls, with the workspace they are called in. */
export function npmScripts(code: string): { script: string; workspace: string | undefined }[] {
  return [...code.matchAll(/\bnpm (?:run ([\w:.-]+)|(test|start)\b)([^\n&|;#]*)/g)].map((match) => ({
    script: match[1] ?? match[2] ?? '',
    workspace: match[3]?.match(/(?:--workspace|-w)[ =](\S+)/)?.[1],
  }));
}

/** How many comments are meant for a block; one that stands elsewhere would be ignored in silence. */
export function countDirectives(markdown: string): number {
  return commentTexts(markdown).filter((text) => /^(given:|run$)/.test(text)).length;
}

/** Returns the file that the paragraph at the end of the text names. */
function fileNamedBefore(text: string): string | undefined {
  const paragraph =
    text
      .trimEnd()
      .split(/\n\s*\n/)
      .at(-1) ?? '';
  return FILE_NAME.exec(paragraph)?.[1];
}

function directives(comments: string): Pick<DocBlock, 'run' | 'given'> {
  const texts = commentTexts(comments);
  const given = texts.find((text) => text.startsWith('given:'));
  return { run: texts.includes('run'), given: given?.slice('given:'.length).trim() ?? '' };
}

function commentTexts(markdown: string): string[] {
  return [...markdown.matchAll(new RegExp(COMMENT, 'g'))].map((match) => match[1]?.trim() ?? '');
}
