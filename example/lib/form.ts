/** A name from a form: 1 to 40 characters, or null. A Server Action is a public endpoint, so it checks its input. */
export function readName(form: FormData): string | null {
  const value = form.get('name');
  const name = typeof value === 'string' ? value.trim() : '';
  return name.length >= 1 && name.length <= 40 ? name : null;
}
