/**
 * Returns what the pages have their readers install, to get this version. A release candidate has its own tag, because the
 * plain name installs the last release.
 *
 * @param {string} version
 */
export function installedName(version) {
  const [major] = version.split('.');
  return `next-app-session@${version.includes('-') ? 'next' : major}`;
}
