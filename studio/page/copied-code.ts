/** Returns the code that gives a test a session with this data. */
export function asTester(data: object): string {
  return `const tester = createSessionTester(session, { data: ${JSON.stringify(data, null, 2)} });\n`;
}

/** Returns the code that gives a Playwright test a user with this data. */
export function asFixture(data: object): string {
  return `const user = await sessions.as(${JSON.stringify(data, null, 2)});\n`;
}
