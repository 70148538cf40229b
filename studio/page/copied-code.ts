/** Returns the code that gives a test a session with this data. */
export function asTester(data: object): string {
  return `const tester = createSessionTester(session, { data: ${literalOf(data)} });\n`;
}

/** Returns the code that gives a Playwright test a user with this data. */
export function asFixture(data: object): string {
  return `const user = await sessions.as(${literalOf(data)});\n`;
}

/** Returns the line that says which of the app's sessions a code is for, or nothing if there is only one. @param names of their cookies. */
export function whichSession(name: string, names: readonly string[]): string {
  return names.length > 1 ? `// The session whose cookie is ${name}.\n` : '';
}

/** Returns the data as an expression. In a literal, the key `__proto__` would set the prototype. */
function literalOf(data: object): string {
  const json = JSON.stringify(data, null, 2);
  return json.includes('"__proto__"') ? `JSON.parse(${JSON.stringify(JSON.stringify(data))})` : json;
}
