import { posix } from 'node:path';
import { read } from './repository.js';

/** Where the repository lives. Links to it are for what is not in the package. */
export const HOME = 'https://github.com/sweetscript/next-app-session';
const AT_HOME = new RegExp(`^${HOME}/(?:blob|tree)/main/`);

/**
 * Returns the links of a page that lead to no file of these, or to no heading of it.
 *
 * @param repository the files of the repository, where links to its home lead.
 */
export function brokenLinks(
  page: string,
  text: string,
  files: readonly string[],
  repository: readonly string[] = files,
): string[] {
  const links = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  return links.filter((link) => {
    if (AT_HOME.test(link)) return !resolves('README.md', text, link.replace(AT_HOME, ''), repository);
    return !/^https?:/.test(link) && !resolves(page, text, link, files);
  });
}

function resolves(page: string, text: string, link: string, files: readonly string[]): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path ? posix.join(posix.dirname(page), path) : page;
  if (!files.some((file) => file === target || file.startsWith(`${target}/`))) return false;
  return anchor === undefined || anchorsOf(path ? read(target) : text).has(anchor);
}

/**
 * Returns the anchors of a page: those of its headings, as GitHub makes them (lower case, without punctuation, hyphens for
 * spaces, a number if there is one already), and those that are written in it.
 */
function anchorsOf(text: string): Set<string> {
  const anchors = new Set([...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id));
  for (const [, heading = ''] of withoutCode(text).matchAll(/^#+ (.+)$/gm)) {
    const name = heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-');
    let anchor = name;
    for (let n = 1; anchors.has(anchor); n++) anchor = `${name}-${n}`;
    anchors.add(anchor);
  }
  return anchors;
}

function withoutCode(text: string): string {
  return text.replaceAll(/^ *```[\s\S]*?^ *```/gm, '');
}
