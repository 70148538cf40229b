import { posix } from 'node:path';
import { listFiles, read } from './repository.js';

const files = listFiles();

/** Returns the links of a page that lead to no file or heading of this repository. */
export function brokenLinks(page: string, text: string): string[] {
  const links = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  return links.filter((link) => !/^https?:/.test(link) && !resolves(page, text, link));
}

/** Whether a link of a page leads to a file, and to a heading in it if it names one. */
export function resolves(page: string, text: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path ? posix.join(posix.dirname(page), path) : page;
  if (!files.some((file) => file === target || file.startsWith(`${target}/`))) return false;
  return anchor === undefined || anchorsOf(path ? read(target) : text).includes(anchor);
}

/** Returns the anchors of the headings, as GitHub makes them: lower case, without punctuation, with hyphens for spaces. */
function anchorsOf(text: string): string[] {
  return [...withoutCode(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function withoutCode(text: string): string {
  return text.replaceAll(/^ *```[\s\S]*?^ *```/gm, '');
}
