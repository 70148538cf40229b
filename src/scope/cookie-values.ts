/**
 * Returns the values of all cookies of one name, in the order in which they count. A browser sends several if they were set
 * with other paths or domains; Next's own jars show only one of them.
 *
 * @param header the Cookie header of the request.
 * @param inJar the value in Next's jar. One that the header does not have was set by this request, and comes first. An empty
 * one was deleted by it.
 */
export function cookieValues(
  name: string,
  header: string | null | undefined,
  inJar: string | undefined,
): readonly string[] {
  const sent = valuesIn(header ?? '', name);
  if (inJar === undefined || sent.includes(inJar)) return sent;
  return inJar === '' ? [] : [inJar, ...sent];
}

/** Parses a Cookie header (RFC 6265, 4.2.1). Leaves out what is no pair, and values that cannot be decoded. */
function valuesIn(header: string, name: string): string[] {
  const values: string[] = [];
  for (const pair of header.split(';')) {
    const at = pair.indexOf('=');
    if (at < 0 || pair.slice(0, at).trim() !== name) continue;
    const value = decode(pair.slice(at + 1).trim());
    if (value !== null) values.push(value);
  }
  return values;
}

function decode(value: string): string | null {
  try {
    return decodeURIComponent(value);
  } catch {
    return null;
  }
}
